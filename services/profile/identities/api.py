"""Identities and proposed duplicates over HTTP."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query

from services.profile.identities import repository, usecases
from services.profile.identities.schemas import DuplicateOut, IdentityList, IdentityOut, NewIdentityBody
from services.profile.identities.tables import Duplicate
from services.profile.links import usecases as links
from shared.web.dependencies import CurrentCaller, Now, Page, ReadSession, WriteSession
from shared.web.pagination import paginate
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/customers/{customer_id}/identities", tag="Identities")
duplicates = Router("/duplicates", tag="Duplicates")
PII = "profile:pii"
SORTS = {"created_at": (Duplicate.created_at, Duplicate.duplicate_id)}


@router.get("", scope="profile:read")
def list_identities(customer_id: UUID, session: ReadSession, caller: CurrentCaller) -> IdentityList:
    """What a customer is recognised by, of all linked ids, oldest first. Masked without `profile:pii`."""
    known = usecases.of(session, links.person(session, customer_id).member_ids)
    return IdentityList(items=[IdentityOut.of(one, pii=caller.may(PII)) for one in known])


@router.post("", scope="profile:write", status_code=201)
def add_identity(
    customer_id: UUID, body: NewIdentityBody, session: WriteSession, caller: CurrentCaller, now: Now
) -> IdentityOut:
    """Add an identity, or find it there already. 409 `owner_conflict` when another customer has it."""
    person = links.person(session, customer_id)
    added = usecases.add(session, person.canonical_id, body.claim(now), now)
    return IdentityOut.of(added, pii=caller.may(PII))


@router.delete("/{identity_id}", scope="profile:write")
def remove_identity(customer_id: UUID, identity_id: UUID, session: WriteSession, now: Now) -> None:
    """Take an identity away; somebody else may have it then."""
    usecases.remove(session, links.person(session, customer_id).member_ids, identity_id, now)


@duplicates.get("", scope="profile:read", response_model=Listing[DuplicateOut])
def list_duplicates(
    session: ReadSession,
    page: Page,
    score_from: Annotated[float, Query(ge=0, le=1)] = 0,
    status: Literal["open", "dismissed"] = "open",
) -> Any:
    """Pairs of customers that may be one person: merge them with `POST /merges`, or dismiss the proposal."""
    return paginate(session, repository.duplicates(status, score_from), page, SORTS)


@duplicates.post("/{duplicate_id}/dismiss", scope="profile:write", response_model=DuplicateOut)
def dismiss_duplicate(duplicate_id: UUID, session: WriteSession) -> Any:
    """They are two people."""
    return usecases.dismiss(session, duplicate_id)
