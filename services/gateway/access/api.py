"""Keys over HTTP, for whoever holds `access:admin`; and who one is, for everybody."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from services.gateway.access import repository, rules, tracking, usecases
from services.gateway.access.schemas import (
    GRANTED,
    IssuedKeyOut,
    KeyChange,
    KeyOut,
    NewKey,
    Rotation,
    ScopeOut,
    ScopesOut,
    WhoOut,
)
from services.gateway.access.tables import ApiKey
from services.gateway.access.verification import Verifier
from shared.auth.scopes import IMPLIED
from shared.errors import NotFound, Unauthenticated
from shared.web.access import AUTHENTICATED, PUBLIC
from shared.web.dependencies import CurrentCaller, CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.pagination import paginate
from shared.web.routing import Router
from shared.web.schemas import Listing

WriteKey = Annotated[str, Path(max_length=200, description="The write key itself: it may be public.")]
KeyId = Annotated[UUID, Path(description="The key's id, without its secret.")]
ADMINS = "access:admin"


def routers(verifier: Verifier) -> list[Router]:
    """The routes; a change of a key counts in `verifier` as soon as it is committed."""
    return [_keys(verifier), _about(), _projects(verifier)]


def _keys(verifier: Verifier) -> Router:
    router = Router("/api-keys", tag="Access")

    @router.get("", scope=ADMINS)
    def list_keys(session: ReadSession, page: Page) -> Listing[KeyOut]:
        """All keys, the newest first; revoked ones too."""
        found = paginate(session, select(ApiKey), page, {"created_at": (ApiKey.created_at, ApiKey.id)})
        return Listing[KeyOut](items=[KeyOut.of(key) for key in found.items], next_cursor=found.next_cursor)

    @router.post("", scope=ADMINS, status_code=201, location="/api-keys/{id}")
    def create_key(body: NewKey, session: WriteSession, now: Now) -> IssuedKeyOut:
        """Make a key. The answer is the only place where its text ever stands."""
        issued = usecases.create(
            session, body.name, body.scopes, now, expires_at=body.expires_at, manager_id=body.manager_id
        )
        return IssuedKeyOut.of_issued(issued)

    @router.get("/{key_id}", scope=ADMINS)
    def read_key(key_id: KeyId, session: ReadSession) -> KeyOut:
        """One key."""
        return KeyOut.of(usecases.get(session, key_id))

    @router.patch("/{key_id}", scope=ADMINS)
    def change_key(key_id: KeyId, body: KeyChange, version: IfMatch, session: WriteSession) -> KeyOut:
        """Change name, scopes, end or whose customers it sees."""
        _forget_after(session, verifier)
        return KeyOut.of(usecases.amend(session, key_id, version, body.model_dump(exclude_unset=True)))

    @router.post("/{key_id}/rotate", scope=ADMINS)
    def rotate_key(key_id: KeyId, body: Rotation, session: WriteSession, now: Now) -> IssuedKeyOut:
        """Give a key a new secret; the former one opens for some hours longer."""
        _forget_after(session, verifier)
        overlap = timedelta(hours=body.overlap_hours)
        return IssuedKeyOut.of_issued(usecases.rotate(session, key_id, overlap, now))

    @router.delete("/{key_id}", scope=ADMINS)
    def revoke_key(key_id: KeyId, session: WriteSession, now: Now) -> None:
        """Close a key for ever; it stays readable."""
        _forget_after(session, verifier)
        usecases.revoke(session, key_id, now)

    return router


def _about() -> Router:
    router = Router("", tag="Access")

    @router.get("/scopes", scope=AUTHENTICATED)
    def list_scopes() -> ScopesOut:
        """Every scope, and what it implies."""
        return ScopesOut(scopes=[ScopeOut(scope=one, implies=sorted(IMPLIED.get(one, ()))) for one in GRANTED])

    @router.get("/whoami", scope=AUTHENTICATED)
    def who_am_i(caller: CurrentCaller, runtime: CurrentRuntime, session: ReadSession) -> WhoOut:
        """Whom this credential speaks for, and what it may do."""
        key = repository.get(session, UUID(caller.id)) if caller.kind in ("api_key", "write_key") else None
        settings = runtime.settings
        return WhoOut(
            id=caller.id,
            kind=caller.kind,
            name=None if key is None else key.name,
            scopes=sorted(caller.scopes),
            manager_id=caller.manager_id,
            locale=settings.default_locale,
            time_zone=settings.business_time_zone,
        )

    return router


def _projects(verifier: Verifier) -> Router:
    router = Router("/projects", tag="Tracking")

    @router.get("/{write_key}/settings", scope=PUBLIC)
    async def browser_settings(write_key: WriteKey, runtime: CurrentRuntime) -> dict[str, Any]:
        """What the Segment browser library asks for when it starts: to send its events here and nowhere else."""
        try:
            caller = await verifier.verify(write_key)
        except Unauthenticated:
            raise NotFound("There is no such write key.") from None
        if not caller.may(rules.INGEST):
            raise NotFound("There is no such write key.")
        return tracking.settings(write_key, runtime.settings.public_url)

    return router


def _forget_after(session: Session, verifier: Verifier) -> None:
    event.listen(session, "after_commit", lambda _: verifier.forget(), once=True)
