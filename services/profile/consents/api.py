"""Consents over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path

from services.profile.consents import repository, usecases
from services.profile.consents.schemas import (
    ConsentList,
    ConsentOut,
    EntryOut,
    NewConsent,
    PurposeBody,
    PurposeList,
    PurposeOut,
)
from services.profile.consents.tables import ConsentEntry
from services.profile.links import usecases as links
from shared.web.dependencies import CurrentCaller, Now, Page, ReadSession, WriteSession
from shared.web.pagination import paginate
from shared.web.routing import OWN, REQUIRED, Router
from shared.web.schemas import Code, Listing

purposes = Router("/consent-purposes", tag="Consents")
PurposeCode = Annotated[Code, Path(examples=["arrivals"])]
PII = "profile:pii"
SORTS = {"effective_at": (ConsentEntry.effective_at, ConsentEntry.entry_id)}
router = Router("/customers/{customer_id}/consents", tag="Consents")


@router.get("", scope="profile:read", member=OWN)
def list_consents(customer_id: UUID, session: ReadSession) -> ConsentList:
    """What the customer agreed to, per purpose and channel, over all linked ids."""
    person = links.person(session, customer_id)
    agreed = usecases.effective(session, [person.canonical_id])[person.canonical_id]
    return ConsentList(items=[ConsentOut.model_validate(one) for one in agreed])


@router.post("", scope="profile:write", member=OWN, idempotency=REQUIRED, status_code=201)
def record_consent(customer_id: UUID, body: NewConsent, session: WriteSession, now: Now) -> ConsentOut:
    """Record a grant or a withdrawal; the answer is what counts now. A withdrawal also stops messages in the queue."""
    usecases.record(session, [body.entry(customer_id, now)], now=now)
    return ConsentOut.model_validate(usecases.counting(session, customer_id, body.purpose, body.channel))


@router.get("/history", scope="profile:read")
def list_history(customer_id: UUID, session: ReadSession, page: Page, caller: CurrentCaller) -> Listing[EntryOut]:
    """The ledger: every grant and withdrawal of all linked ids, newest first."""
    person = links.person(session, customer_id)
    found = paginate(session, repository.history(person.member_ids), page, SORTS, default="-effective_at")
    items = [EntryOut.of(entry, pii=caller.may(PII)) for entry in found.items]
    return Listing(items=items, next_cursor=found.next_cursor)


@purposes.get("", scope="profile:read")
def list_purposes(session: ReadSession) -> PurposeList:
    """Everything a customer can agree to, under the names by which they choose."""
    return PurposeList(items=[PurposeOut.model_validate(one) for one in usecases.purposes(session)])


@purposes.put("/{purpose}", scope="profile:admin")
def name_purpose(purpose: PurposeCode, body: PurposeBody, session: WriteSession) -> PurposeOut:
    """Name a purpose; one that is new becomes a topic of marketing, which customers see in the preference centre."""
    return PurposeOut.model_validate(usecases.name_purpose(session, purpose, body.names()))
