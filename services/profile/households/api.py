"""Households over HTTP."""

from uuid import UUID

from services.profile.households import repository, usecases
from services.profile.households.schemas import HouseholdBody, HouseholdMemberOut, HouseholdOut
from services.profile.personal.rules import masked_name
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/households", tag="Households")
PII = "profile:pii"


@router.get("", scope="profile:read")
def list_households(session: ReadSession, page: Page, caller: CurrentCaller) -> Listing[HouseholdOut]:
    """Households in use, newest first."""
    found = repository.listed(session, page)
    items = [HouseholdOut.of(*one[:3], pii=caller.may(PII)) for one in found.items]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.post("", scope="profile:write", status_code=201, location="/households/{id}")
def create_household(body: HouseholdBody, session: WriteSession, caller: CurrentCaller, now: Now) -> HouseholdOut:
    """Add a household; whom it is called after belongs to it."""
    household_id = usecases.create(session, body, caller.id, now)
    return HouseholdOut.of(*usecases.named(session, household_id), pii=caller.may(PII))


@router.get("/{household_id}", scope="profile:read")
def read_household(household_id: UUID, session: ReadSession, caller: CurrentCaller) -> HouseholdOut:
    """One household, archived or not."""
    return HouseholdOut.of(*usecases.named(session, household_id), pii=caller.may(PII))


@router.patch("/{household_id}", scope="profile:write")
def edit_household(
    household_id: UUID,
    body: HouseholdBody,
    *,
    session: WriteSession,
    caller: CurrentCaller,
    if_match: IfMatch,
    now: Now,
) -> HouseholdOut:
    """Call a household after another member (JSON Merge Patch)."""
    usecases.edit(session, household_id, body, caller.id, if_match=if_match, now=now)
    return HouseholdOut.of(*usecases.named(session, household_id), pii=caller.may(PII))


@router.delete("/{household_id}", scope="profile:write")
def archive_household(household_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a household out of use; it stays readable, and its members stay."""
    usecases.archive(session, household_id, now)


@router.get("/{household_id}/members", scope="profile:read")
def list_members(
    household_id: UUID, session: ReadSession, page: Page, caller: CurrentCaller
) -> Listing[HouseholdMemberOut]:
    """Who belongs to a household; a merged customer appears once."""
    usecases.get(session, household_id)
    found = repository.members(session, household_id, page)
    items = [
        HouseholdMemberOut(
            customer_id=one.customer_id,
            number=one.number,
            name=one.name if caller.may(PII) else masked_name(one.name),
        )
        for one in found.items
    ]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.put("/{household_id}/members/{customer_id}", scope="profile:write", status_code=204)
def add_member(household_id: UUID, customer_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> None:
    """Let a customer belong to a household, and to no other."""
    usecases.join(session, household_id, customer_id, caller.id, now)


@router.delete("/{household_id}/members/{customer_id}", scope="profile:write")
def remove_member(
    household_id: UUID, customer_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now
) -> None:
    """Let a customer no longer belong to a household; repeating it changes nothing."""
    usecases.leave(session, household_id, customer_id, caller.id, now)
