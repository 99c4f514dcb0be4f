"""Contact points over HTTP."""

from uuid import UUID

from services.profile.contacts import repository, usecases
from services.profile.contacts.schemas import ContactChannel, ContactOut, ContactPatch, NewContact, State
from services.profile.links import usecases as links
from shared.auth.caller import Caller
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import OWN, Router
from shared.web.schemas import Listing, Many

router = Router("/customers/{customer_id}/contacts", tag="Contacts")


@router.get("", scope="profile:read", member=OWN)
def list_contacts(
    customer_id: UUID,
    *,
    session: ReadSession,
    page: Page,
    caller: CurrentCaller,
    channel: Many[ContactChannel] | None = None,
    state: Many[State] | None = None,
) -> Listing[ContactOut]:
    """Contact points that were added, of all linked ids, newest first. Masked without `profile:pii`.

    An address that a customer is recognised by is among the `identities` of the record, and they are reached there too.
    """
    person = links.person(session, customer_id)
    found = repository.listed(session, person.member_ids, page, channel, state)
    items = [ContactOut.of(one, pii=_sees(caller)) for one in found.items]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.post("", scope="profile:write", member=OWN, status_code=201, location="/customers/{customer_id}/contacts/{id}")
def add_contact(
    customer_id: UUID, body: NewContact, session: WriteSession, caller: CurrentCaller, now: Now
) -> ContactOut:
    """Add a contact point, to be verified. 409 `already_exists` when the customer has it."""
    return ContactOut.of(usecases.add(session, customer_id, body, now), pii=_sees(caller))


@router.get("/{contact_id}", scope="profile:read", member=OWN)
def read_contact(customer_id: UUID, contact_id: UUID, session: ReadSession, caller: CurrentCaller) -> ContactOut:
    """One contact point, removed or not."""
    return ContactOut.of(usecases.get(session, customer_id, contact_id), pii=_sees(caller))


@router.patch("/{contact_id}", scope="profile:write", member=OWN)
def edit_contact(
    customer_id: UUID,
    contact_id: UUID,
    body: ContactPatch,
    *,
    session: WriteSession,
    caller: CurrentCaller,
    if_match: IfMatch,
    now: Now,
) -> ContactOut:
    """Change how a contact point is called (JSON Merge Patch)."""
    row = usecases.edit(session, customer_id, contact_id, body, if_match=if_match, now=now)
    return ContactOut.of(row, pii=_sees(caller))


@router.post("/{contact_id}/verify", scope="profile:write")
def verify_contact(
    customer_id: UUID, contact_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now
) -> ContactOut:
    """Note that the customer proved to be reached there; an address that had bounced is written to again."""
    return ContactOut.of(usecases.verify(session, customer_id, contact_id, now), pii=_sees(caller))


@router.delete("/{contact_id}", scope="profile:write", member=OWN)
def remove_contact(customer_id: UUID, contact_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a contact point away: nobody is written to there any more."""
    usecases.remove(session, customer_id, contact_id, now)


def _sees(caller: Caller) -> bool:
    return caller.kind == "member" or caller.may("profile:pii")
