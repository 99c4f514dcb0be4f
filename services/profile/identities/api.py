"""Identities over HTTP."""

from uuid import UUID

from services.profile.identities import usecases
from services.profile.identities.schemas import IdentityList, IdentityOut, NewIdentityBody
from services.profile.links import usecases as links
from shared.web.dependencies import CurrentCaller, Now, ReadSession, WriteSession
from shared.web.routing import Router

router = Router("/customers/{customer_id}/identities", tag="Identities")
PII = "profile:pii"


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
    added = usecases.add(session, person.canonical_id, body.claim(now), caller, now)
    return IdentityOut.of(added, pii=caller.may(PII))


@router.delete("/{identity_id}", scope="profile:write")
def remove_identity(customer_id: UUID, identity_id: UUID, session: WriteSession, now: Now) -> None:
    """Take an identity away; somebody else may have it then."""
    usecases.remove(session, links.person(session, customer_id).member_ids, identity_id, now)
