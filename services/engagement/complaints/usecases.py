"""Taking complaints in, and reading them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.complaints import repository
from services.engagement.complaints.actions import usecases as actions
from services.engagement.complaints.policy import usecases as policy
from services.engagement.complaints.schemas import ComplaintDetail, ComplaintOut, DisputeOut, LedTo, NewComplaint
from services.engagement.complaints.steps import usecases as steps
from services.engagement.complaints.steps.schemas import Step, Taken
from services.engagement.complaints.tables import Complaint
from services.engagement.complaints.terms import usecases as terms
from services.engagement.customers import usecases as customers
from services.engagement.numbers import usecases as numbers
from services.engagement.orders import usecases as orders
from services.engagement.reach.schemas import Answer
from services.engagement.slas import usecases as slas
from services.engagement.slas.schemas import ClockOut
from shared import linking
from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.db import put
from shared.errors import FieldError, Invalid
from shared.ids import new_id
from shared.linking import CustomerRef
from shared.settings import Settings
from shared.web.schemas import MoneyOut

COMPLAINT = "complaint"
EMPTY = (
    *("first_response_at", "waiting_until", "resolved_at", "closed_at", "resolution", "root_cause", "summary"),
    *("merged_into", "escalated_to", "escalated_at", "dispute_body", "dispute_reference", "dispute_deadline"),
    *("dispute_outcome", "due_at", "look_at", "archived_at"),
)
# What a customer does not see.
HIDDEN: dict[str, Any] = dict.fromkeys(
    ("owner_id", "team_id", "root_cause", "escalated_to", "escalated_at", "due_at")
) | {"breached": []}


def receive(
    session: Session, settings: Settings, body: NewComplaint, heard: Answer, *, caller: Caller, now: datetime
) -> Complaint:
    """Take a complaint in, give it to whoever looks after the customer, and start its clocks.

    `heard` is what profile says of somebody not heard of yet; when it did not answer they are believed.

    Raises Invalid for a customer, category or order that is not known, Gone for a customer who was erased.
    """
    customer_id = _whose(session, body, caller, heard)
    terms.require(session, "category", body.category, "category")
    require_order(session, body.order_id, customer_id)
    canonical = linking.canonical(session, [customer_id])[customer_id]
    owner = repository.owner(session, canonical, policy.current(session).owner_roles)
    row: dict[str, Any] = dict.fromkeys(EMPTY) | body.model_dump(exclude={"customer_id"})
    row |= {"complaint_id": new_id(), "number": numbers.following(session, settings, "C", now)}
    row |= {"customer_id": customer_id, "opened_at": now, "updated_at": now, "version": 0, "reopen_count": 0}
    row |= {"owner_id": owner and owner.manager_id, "team_id": owner and owner.team_id}
    row |= {"status": "assigned" if row["owner_id"] else "new", "breached": [], "compensation": Decimal(0)}
    put(session, Complaint, [row])
    complaint = session.get_one(Complaint, row["complaint_id"])
    standing = slas.begin(session, COMPLAINT, complaint.complaint_id, promise(session, complaint), now)
    steps.take_all(session, [Taken(complaint, Step("opened", caller.id, now), standing)], now)
    return complaint


def get(session: Session, complaint_id: UUID, caller: Caller, *, locked: bool = False) -> Complaint:
    """One complaint that the caller may see; a customer sees their own."""
    return repository.get(session, complaint_id, caller, own(session, caller), locked=locked)


def own(session: Session, caller: Caller) -> list[UUID] | None:
    """Whose complaints a customer may see; None: no customer asks."""
    return linking.person(session, caller.customer_id) if caller.customer_id else None


def promise(session: Session, complaint: Complaint) -> slas.Promise:
    """What is promised for a complaint as it stands."""
    canonical = linking.canonical(session, [complaint.customer_id])[complaint.customer_id]
    tier = customers.tier(session, canonical)
    return slas.promise(session, COMPLAINT, priority=str(complaint.severity), category=complaint.category, tier=tier)


def require_order(session: Session, order_id: UUID | None, customer_id: UUID) -> None:
    """An order that is known must be the customer's; one not heard of yet may be on its way."""
    known = orders.states(session, [order_id] if order_id else [])
    people = linking.person(session, customer_id) if known else []
    if any(order.customer_id not in people for order in known.values()):
        raise _refused("order_id", "reference_not_found", "it is no order of this customer")


def lock(session: Session, complaint_ids: Collection[UUID]) -> Sequence[Complaint]:
    """Hold complaints, in one order, so that nobody waits for another in a circle."""
    return repository.locked(session, complaint_ids)


def look_again(session: Session, complaint_ids: Collection[UUID], at: datetime) -> None:
    """Let complaints be looked at."""
    repository.look_again(session, complaint_ids, at)


def open_of(
    session: Session, customer_ids: Collection[UUID], limit: int, caller: Caller = PUBLIC_CALLER
) -> Sequence[Complaint]:
    """Complaints of these customer ids that are not settled, newest first, as far as the caller may see them."""
    return repository.latest(session, customer_ids, limit, caller)


def out(complaint: Complaint, currency: str, caller: Caller) -> ComplaintOut:
    """A complaint as it is answered."""
    names = ComplaintOut.model_fields.keys() - {"id", "compensation"}
    known = {name: getattr(complaint, name) for name in names} | (HIDDEN if caller.kind == "member" else {})
    return ComplaintOut(id=complaint.complaint_id, compensation=MoneyOut.of(complaint.compensation, currency), **known)


def detail(session: Session, complaint: Complaint, currency: str, caller: Caller) -> ComplaintDetail:
    """A complaint with what was said, its clocks and what it led to."""
    internal = caller.kind != "member"
    clocks = slas.clocks(session, [complaint.complaint_id]).get(complaint.complaint_id, []) if internal else []
    led_to = actions.of_complaint(session, complaint.complaint_id) if internal else []
    return ComplaintDetail(
        **dict(out(complaint, currency, caller)),
        description=complaint.description,
        summary=complaint.summary,
        dispute=_dispute(complaint),
        clocks=[ClockOut.model_validate(clock) for clock in clocks],
        actions=[LedTo.model_validate(action) for action in led_to],
    )


def _whose(session: Session, body: NewComplaint, caller: Caller, heard: Answer) -> UUID:
    if caller.customer_id is not None:
        if "severity" in body.model_fields_set:
            raise _refused("severity", "not_allowed", "staff judge how severe it is")
        if body.customer_id not in (None, *linking.person(session, caller.customer_id)):
            raise _refused("customer_id", "reference_not_found", "there is no such customer, or it is not you")
        return caller.customer_id
    if body.customer_id is None:
        raise _refused("customer_id", "required", "say who complains")
    linking.person(session, body.customer_id)
    if session.get(CustomerRef, body.customer_id) is None:
        if heard.person is None and heard.failure is None:
            raise _refused("customer_id", "reference_not_found", "there is no such customer")
        linking.ensure(session, [body.customer_id])
    return body.customer_id


def _dispute(complaint: Complaint) -> DisputeOut | None:
    if complaint.dispute_body is None:
        return None
    return DisputeOut(
        body=complaint.dispute_body,
        reference=complaint.dispute_reference,
        deadline=complaint.dispute_deadline,
        outcome=complaint.dispute_outcome,
    )


def _refused(field: str, code: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", errors=[FieldError(field, code, message)])
