"""Taking in what shops report about orders: one way for all doors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import CustomerReport
from services.profile.exchange_rates import usecases as exchange_rates
from services.profile.identities import usecases as identities
from services.profile.marks import usecases as marks
from services.profile.orders import repository, rules
from services.profile.orders.articles.rules import Ordered, completed, wanted
from services.profile.orders.faults.rules import faults, too_large, within_time
from services.profile.orders.gaps import usecases as gaps
from services.profile.orders.rules import Order, ReportedOrder, Told, claim_of
from services.profile.orders.schemas import NewOrder
from services.profile.orders.standing.rules import changes
from services.profile.products import usecases as products
from services.profile.products.schemas import Known
from services.profile.sources import usecases as sources
from shared import ownership
from shared.auth.caller import Caller
from shared.contracts.base import Origin
from shared.contracts.profile import OrderRecorded
from shared.errors import FieldError, GuanxiError, Invalid
from shared.money import is_currency

TOUCHES = ("first_touch", "last_touch")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: created, updated, unchanged, held or refused; and the order as it is now."""

    status: str
    order: Order | None = None
    problem: GuanxiError | None = None

    def accepted(self) -> Order:
        """The order; raises what the report was refused for."""
        if self.problem is not None:
            raise self.problem
        if self.order is None:
            raise AssertionError("an accepted report has an order")
        return self.order


@dataclass(frozen=True, slots=True)
class _Step:
    """One order before and after a batch; the event is published only when something was news."""

    old: Order | None
    new: Order
    event: OrderRecorded | None
    news: bool


def read(session: Session, path: str, caller: Caller) -> Order:
    """One order, by our id or the shop's; raises NotFound, also for one that the caller may not see."""
    order = repository.found(session, path)
    ownership.require(session, caller, order.customer_id)
    return order


def report(session: Session, orders: Sequence[ReportedOrder], *, origin: Origin, now: datetime) -> list[Outcome]:
    """Take in order documents, each accepted or refused by itself; the outcomes in the same order.

    Late, repeated and shuffled documents end in the same state. Publishes every order that changed.
    """
    judged = dict(enumerate(admit(session, orders, now)))
    admitted = {at: one for at, one in judged.items() if isinstance(one, Told)}
    claims = [claim_of(orders[at], origin) for at in admitted]
    owners = dict(zip(admitted, identities.resolve(session, claims, now), strict=True))
    known = {at: who for at, who in owners.items() if isinstance(who, UUID)}
    note_touches(session, [(orders[at].document, who) for at, who in known.items()], origin, now)
    told = [replace(admitted[at], customer_id=who) for at, who in known.items()]
    outcomes = dict(zip(known, record(session, told, origin=origin, now=now), strict=True))
    refused = {at: one for at, one in {**judged, **owners}.items() if isinstance(one, GuanxiError)}
    return [outcomes.get(at) or Outcome("refused", problem=refused[at]) for at in range(len(orders))]


def admit(session: Session, orders: Sequence[ReportedOrder], now: datetime) -> list[Told | GuanxiError]:
    """Judge documents: what each tells, but for its customer, or why it is refused.

    Where a shop tells no cost, category or brand of an article, the catalogue does.
    """
    zone = ZoneInfo(deployment().business_time_zone)
    days = [(one.document.currency, one.document.placed_at.astimezone(zone).date()) for one in orders]
    rates = exchange_rates.rates_of(session, set(days))
    known = products.known(session, {article for one in orders for article in wanted(one.document)}, now)
    return [_admitted(one, rates.get(day), known, now) for one, day in zip(orders, days, strict=True)]


def record(session: Session, told: Sequence[Told], *, origin: Origin, now: datetime) -> list[Outcome]:
    """Store what was told of orders and publish those that changed: a few statements, however many there are."""
    by_order: dict[UUID, list[Told]] = {}
    for one in told:
        by_order.setdefault(one.order_id, []).append(one)
    sources.meet(session, {one.source for one in told}, now)
    steps: dict[UUID, _Step] = {}
    known: dict[UUID, Order] = {}
    while missing := by_order.keys() - steps.keys():  # most orders are new: what was stored before is locked after
        drafts = [_step(known.get(name), by_order[name], origin, now) for name in missing]
        steps |= _written(session, drafts, origin, now)
        known = repository.lock(session, missing - steps.keys()) if missing - steps.keys() else {}
    news = [step for step in steps.values() if step.news]
    events = {step.new.order_id: step.event for step in news if step.event}
    gaps.note(session, {line.sku for event in events.values() for line in event.lines if line.sku is not None}, now)
    named = [step for step in news if not step.new.guest]
    known_before = [(step.old, step.new) for step in named if step.old and not step.old.guest]
    left = {old.customer_id: origin for old, new in known_before if old.customer_id not in (None, new.customer_id)}
    marks.publish(session, [events[step.new.order_id] for step in named if step.event], now, left)
    decisive = {one.order_id: one for one in reversed(told) if one.rank == steps[one.order_id].new.rank}
    return [_outcome(one, steps[one.order_id], one is decisive.get(one.order_id)) for one in told]


def note_touches(session: Session, orders: Sequence[tuple[NewOrder, UUID]], origin: Origin, now: datetime) -> None:
    """Keep what brought customers to their orders, as the first touch and the last one there is."""
    touched = [
        CustomerReport(who, one.placed_at, dict.fromkeys(TOUCHES, one.touch.model_dump()), origin, one.source)
        for one, who in orders
        if one.touch is not None
    ]
    if touched:
        customers.report(session, touched, now)


def present(session: Session, order_id: UUID) -> Order | None:
    """An order as it is, kept from everybody else until the transaction ends."""
    return repository.lock(session, [order_id]).get(order_id)


def told_again(order: Order, recorded_at: datetime) -> OrderRecorded:
    """The event of an order as it is, without news."""
    base = deployment().base_currency
    return rules.recorded(order, [], base=base, origin=Origin.REPUBLISH, now=recorded_at)


def _admitted(
    one: ReportedOrder, day_rate: Decimal | None, known: Mapping[Ordered, Known], now: datetime
) -> Told | GuanxiError:
    document = one.document
    if errors := faults(document, now):
        return Invalid("The order contradicts itself or its time is impossible.", errors=errors)
    rate = day_rate if document.currency == deployment().base_currency else document.rate or day_rate
    if rate is None or not is_currency(document.currency):
        error = FieldError("currency", "not_allowed", "no such currency, or no exchange rate for the day")
        return Invalid(f"{document.currency} has no rate.", code="currency_unsupported", errors=[error])
    if too_large(document, rate):
        return Invalid("An amount is too large.", errors=[FieldError("totals.total", "too_large", "out of range")])
    return Told(
        order_id=rules.order_id_of(document.source, document.order_id),
        source=document.source,
        shop_order_id=document.order_id,
        additions=one.additions,
        document=within_time(completed(document, known, rate), now),
        rank=rules.rank_of(document, one.received_at),
        rate=rate,
        guest=rules.names_nobody(document),
    )


def _step(old: Order | None, told: Sequence[Told], origin: Origin, now: datetime) -> _Step:
    before = old or Order(told[0].order_id, told[0].source, told[0].shop_order_id, created_at=now)
    after = rules.advanced(before, told)
    news = rules.differs(after, before)
    if news and after.document is not None:
        after = replace(after, version=before.version + 1)
    if after.stands is None:
        return _Step(old, after, None, news)
    published = None if before.guest else before.stands
    changed = changes(published, after.stands, document_changed=after.document is not before.document)
    event = rules.recorded(after, changed, base=deployment().base_currency, origin=origin, now=now)
    return _Step(old, after, event, news)


def _written(session: Session, drafts: Sequence[_Step], origin: Origin, now: datetime) -> dict[UUID, _Step]:
    """Write what moved; the steps that count now."""
    rows = {step.new.order_id: repository.row_of(step.new, step.event, origin, now) for step in drafts if _moved(step)}
    inserted = repository.insert(session, [rows[step.new.order_id] for step in drafts if step.old is None])
    repository.update(session, [rows[step.new.order_id] for step in drafts if step.old and _moved(step)])
    return {step.new.order_id: step for step in drafts if step.old or step.new.order_id in inserted}


def _moved(step: _Step) -> bool:
    return step.old is None or step.new.rank != step.old.rank or step.news


def _outcome(one: Told, step: _Step, decisive: bool) -> Outcome:
    """What one report did; of equal documents the first decides and the others change nothing."""
    if not step.news:
        return Outcome("unchanged", step.new)
    if step.new.document is None:
        return Outcome("held", step.new)
    if one.document is None or not decisive:
        return Outcome("updated" if one.additions else "unchanged", step.new)
    return Outcome("created" if step.old is None or step.old.document is None else "updated", step.new)
