"""Make keys, give them new secrets, change and revoke them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.gateway.access import repository, rules
from services.gateway.access.rules import KeyText
from services.gateway.access.tables import ApiKey, Issued
from shared.errors import NotFound, PreconditionFailed
from shared.ids import new_id


def get(session: Session, key_id: UUID) -> ApiKey:
    """One key. Raises NotFound."""
    key = repository.get(session, key_id)
    if key is None:
        raise NotFound(f"There is no API key {key_id}.")
    return key


def create(
    session: Session,
    name: str,
    scopes: Sequence[str],
    now: datetime,
    *,
    expires_at: datetime | None = None,
    manager_id: UUID | None = None,
) -> Issued:
    """Make a key with its first secret; with a manager it sees that manager's customers alone."""
    key_id = new_id()
    fields = {"id": key_id, "name": name, "scopes": sorted(set(scopes)), "expires_at": expires_at}
    fields |= {"manager_id": manager_id}
    repository.add(session, fields | {"revoked_at": None, "created_at": now, "version": 1})
    return _issued(session, key_id, now)


def rotate(session: Session, key_id: UUID, overlap: timedelta, now: datetime) -> Issued:
    """Give a key a new secret. The newest old one opens for `overlap` longer, any other old one no more."""
    _require_live(get(session, key_id))
    live = [secret.id for secret in repository.live_secrets(session, key_id, now)]
    repository.end_secrets(session, live[:1], now + overlap)
    repository.end_secrets(session, live[1:], now)
    repository.change(session, key_id, {})
    return _issued(session, key_id, now)


def amend(session: Session, key_id: UUID, version: int, changes: Mapping[str, Any]) -> ApiKey:
    """Change name, scopes or end of a key. Raises PreconditionFailed when `version` is not the present one."""
    key = get(session, key_id)
    _require_live(key)
    if key.version != version:
        raise PreconditionFailed("The key was changed since you read it; read it again.")
    repository.change(session, key_id, changes)
    return _fresh(session, key_id)


def revoke(session: Session, key_id: UUID, now: datetime) -> None:
    """Close a key for ever; repeating it changes nothing."""
    if get(session, key_id).revoked_at is None:
        repository.change(session, key_id, {"revoked_at": now})


def ensure(session: Session, name: str, scopes: Sequence[str], text: str | None, now: datetime) -> str:
    """A key of this name with exactly these scopes that opens: `text` if it does, else a new secret."""
    key = repository.named(session, name)
    if key is None:
        return create(session, name, scopes, now).text
    if key.scopes != sorted(set(scopes)):
        repository.change(session, key.id, {"scopes": sorted(set(scopes))})
    if text is not None and _opens(session, key, text, now):
        return text
    return rotate(session, key.id, timedelta(), now).text


def _opens(session: Session, key: ApiKey, text: str, now: datetime) -> bool:
    parsed = KeyText.parse(text)
    if parsed is None or parsed.id != key.id:
        return False
    return any(rules.opens(parsed.secret, live.hash) for live in repository.live_secrets(session, key.id, now))


def _issued(session: Session, key_id: UUID, now: datetime) -> Issued:
    secret = rules.new_secret()
    row = {"id": new_id(), "key_id": key_id, "hash": rules.digest(secret), "created_at": now, "expires_at": None}
    repository.add_secret(session, row)
    return Issued(_fresh(session, key_id), str(KeyText(key_id, secret)))


def _fresh(session: Session, key_id: UUID) -> ApiKey:
    key = get(session, key_id)
    session.refresh(key)
    return key


def _require_live(key: ApiKey) -> None:
    if key.revoked_at is not None:
        raise NotFound(f"The API key {key.id} is revoked.")
