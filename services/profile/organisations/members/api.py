"""Members of organisations over HTTP."""

from uuid import UUID

from services.profile.organisations import usecases as organisations
from services.profile.organisations.members import repository, usecases
from services.profile.organisations.members.schemas import MemberBody, OrganisationMemberOut
from services.profile.personal.rules import masked_name
from shared.web.dependencies import CurrentCaller, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/organisations/{organisation_id}/members", tag="Organisations")


@router.get("", scope="profile:read")
def list_members(
    organisation_id: UUID, session: ReadSession, page: Page, caller: CurrentCaller
) -> Listing[OrganisationMemberOut]:
    """Who belongs to an organisation; a merged customer appears once."""
    found = repository.listed(session, organisations.linked(session, organisation_id), page)
    items = [
        OrganisationMemberOut(
            customer_id=one.canonical_id,
            name=one.name if caller.may("profile:pii") else masked_name(one.name),
            role=one.role,
            since=one.since,
        )
        for one in found.items
    ]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.put("/{customer_id}", scope="profile:write", status_code=204)
def add_member(
    organisation_id: UUID, customer_id: UUID, session: WriteSession, now: Now, body: MemberBody | None = None
) -> None:
    """Let a customer belong to an organisation, or change as what."""
    usecases.add(session, organisation_id, customer_id, body.role if body else None, now)


@router.delete("/{customer_id}", scope="profile:write")
def remove_member(organisation_id: UUID, customer_id: UUID, session: WriteSession) -> None:
    """Let a customer no longer belong to an organisation; repeating it changes nothing."""
    usecases.remove(session, organisation_id, customer_id)
