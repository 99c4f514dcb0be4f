"""The one way behind all doors: accept or refuse each item by itself, and lose nothing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.profile.attributes import usecases as attributes
from services.profile.attributes.rules import Declared, fields
from services.profile.behaviour import usecases as behaviour
from services.profile.behaviour.rules import Seen, message_key
from services.profile.consents import usecases as consents
from services.profile.consents.schemas import Entry
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import CustomerReport
from services.profile.identities import usecases as identities
from services.profile.ingestion import repository
from services.profile.ingestion.rejections import usecases as rejections
from services.profile.ingestion.rejections.usecases import Refused
from services.profile.ingestion.remarks import usecases as remarks
from services.profile.ingestion.remarks.usecases import Outcome
from services.profile.ingestion.rules import Item, Kind, Said, said, source_of, text_of
from services.profile.ingestion.traits.rules import archive_of, attributes_of
from services.profile.orders import usecases as orders
from services.profile.orders.rules import Told
from services.profile.products import usecases as products
from services.profile.products.rules import Told as ToldOfProduct
from shared.contracts import commerce
from shared.contracts.base import Origin
from shared.errors import FieldError, Gone, GuanxiError, Invalid
from shared.messaging.handlers import Message

KINDS = {
    commerce.ORDER_REPORTED.type: Kind.ORDER,
    commerce.REFUND_REPORTED.type: Kind.REFUND,
    commerce.CUSTOMER_REPORTED.type: Kind.CUSTOMER,
    commerce.BEHAVIOUR_REPORTED.type: Kind.EVENT,
    commerce.PRODUCT_REPORTED.type: Kind.PRODUCT,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item: created, updated, unchanged, held or refused."""

    status: str
    id: str | None = None
    problem: GuanxiError | None = None
    rejection_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Accepted:
    """What an item says, its order or product with rate and rank, its attributes as a record takes them."""

    said: Said
    told: Told | ToldOfProduct | None
    attributes: dict[str, Any]


Accepted = Mapping[int, _Accepted]
Owners = Mapping[int, UUID]


def ingest(session: Session, items: Sequence[Item], *, door: str | None, origin: Origin, now: datetime) -> list[Result]:
    """Take in whatever came; what became of each item, in their order. A few statements, however many there are.

    What is refused is kept as a rejection of `door`; with none the caller is told and repeats it. Nothing is kept of
    what is told about somebody who was erased.
    """
    read = [said(item, now) for item in items]
    judged = [*_judged(session, read, now)]
    owners: dict[int, UUID] = {}
    for at, found in _found(session, read, judged, origin, now).items():
        if isinstance(found, Gone):
            judged[at] = found
        else:
            owners[at] = found
    accepted = {at: one for at, one in enumerate(judged) if isinstance(one, _Accepted)}
    _report_customers(session, accepted, owners, origin=origin, now=now)
    results = _record_events(session, accepted, owners, origin, now)
    results |= _record_orders(session, accepted, owners, results, origin=origin, now=now)
    results |= _record_products(session, accepted, origin=origin, now=now)
    for at, outcome in _record_remarks(session, accepted, owners, origin, now).items():
        if isinstance(outcome, Invalid):
            judged[at] = outcome
        else:
            results[at] = Result(*outcome)
    refused = {at: one for at, one in enumerate(judged) if isinstance(one, GuanxiError)}
    kept: Mapping[int, UUID] = {}
    if door is not None:
        told = {
            at: Refused(items[at].kind, source_of(items[at], read[at]), text_of(items[at]), one)
            for at, one in refused.items()
            if not isinstance(one, Gone)
        }
        ids = rejections.keep(session, list(told.values()), door=door, origin=origin, now=now)
        kept = dict(zip(told, ids, strict=True))
    results |= {at: Result("refused", None, one, kept.get(at)) for at, one in refused.items()}
    return [results.get(at) or Result("updated", str(owners[at])) for at in range(len(items))]


def receive(session: Session, messages: Sequence[Message], now: datetime) -> None:
    """Take in records of `commerce.events`. Never raises for a bad one: it becomes a rejection."""
    by_origin: dict[Origin, list[Item]] = {}
    for message in messages:
        if message.type in KINDS or not message.type:
            by_origin.setdefault(_origin(message), []).append(_item(message, now))
    for origin, items in by_origin.items():
        ingest(session, items, door="kafka", origin=origin, now=now)


def resubmit(session: Session, rejection_id: UUID, body: Any, now: datetime) -> Row[Any]:
    """Take in the corrected body of a rejection. Raises what it is refused for now, and then the rejection stays."""
    row = rejections.opened(session, rejection_id)
    item = Item(Kind(row.kind), body, row.received_at)
    (result,) = ingest(session, [item], door=None, origin=Origin(row.origin), now=now)
    if result.problem is not None:
        raise result.problem
    return rejections.settle(session, rejection_id, "resubmitted", now)


def _judged(session: Session, read: Sequence[Said | GuanxiError], now: datetime) -> list[_Accepted | GuanxiError]:
    reported = {at: one.order for at, one in enumerate(read) if isinstance(one, Said) and one.order is not None}
    admitted = dict(zip(reported, orders.admit(session, list(reported.values()), now), strict=True))
    listed = {at: one.product for at, one in enumerate(read) if isinstance(one, Said) and one.product is not None}
    catalogued = dict(zip(listed, products.admit(session, list(listed.values()), now=now), strict=True))
    agreed = [one.customer.consents for one in read if isinstance(one, Said) and one.customer is not None]
    purposes = repository.purposes(session) if any(agreed) else set()
    known = attributes.declared(session) if agreed else {}
    told = {**admitted, **catalogued}
    return [_judgement(one, told.get(at), purposes, known) for at, one in enumerate(read)]


def _found(
    session: Session,
    read: Sequence[Said | GuanxiError],
    judged: Sequence[_Accepted | GuanxiError],
    origin: Origin,
    now: datetime,
) -> dict[int, UUID | Gone]:
    """Whom what was accepted is about; and Gone for what is about somebody erased, also where it was refused."""
    claims = {at: claim for at, one in enumerate(read) if isinstance(one, Said) and (claim := one.claim(origin))}
    accepted = [at for at in claims if isinstance(judged[at], _Accepted)]
    others = [at for at in claims if not isinstance(judged[at], _Accepted)]
    owners = identities.resolve(session, [claims[at] for at in accepted], now)
    barred = identities.barred(session, [claims[at] for at in others])
    return dict(zip(accepted, owners, strict=True)) | {others[place]: gone for place, gone in barred.items()}


def _judgement(
    one: Said | GuanxiError,
    told: Told | ToldOfProduct | GuanxiError | None,
    purposes: Collection[str],
    known: Declared,
) -> _Accepted | GuanxiError:
    if isinstance(one, GuanxiError):
        return one
    if isinstance(told, GuanxiError):
        return told
    for place, entry in enumerate(one.customer.consents if one.customer else ()):
        if entry.purpose not in purposes:
            fault = FieldError(f"consents.{place}.purpose", "reference_not_found", "there is no such purpose")
            return Invalid("A consent is for a purpose that does not exist.", errors=[fault])
    said, errors = fields(known, attributes_of(one.customer.traits, known) if one.customer else {}, "traits")
    return attributes.refusal(errors) if errors else _Accepted(one, told, said)


def _report_customers(session: Session, accepted: Accepted, owners: Owners, *, origin: Origin, now: datetime) -> None:
    documents = {at: one.said.order.document for at, one in accepted.items() if one.said.order is not None}
    orders.note_touches(session, [(document, owners[at]) for at, document in documents.items()], origin, now)
    told = [
        (owners[at], one.said.customer, one.attributes) for at, one in accepted.items() if one.said.customer is not None
    ]
    if not told:
        return
    archives = [
        CustomerReport(who, one.updated_at, archive_of(one.traits)[0] | own, origin, one.source)
        for who, one, own in told
    ]
    customers.report(session, archives, now)
    entries = [Entry(customer_id=who, **entry.model_dump()) for who, one, _ in told for entry in one.consents]
    if entries:
        consents.record(session, entries, origin=origin, now=now)


def _record_events(
    session: Session, accepted: Accepted, owners: Owners, origin: Origin, now: datetime
) -> dict[int, Result]:
    events = {at: one.said.event for at, one in accepted.items() if one.said.event is not None}
    fresh = behaviour.record(session, [Seen(event, owners[at], origin) for at, event in events.items()], now)
    return {
        at: Result("created" if message_key(event) in fresh else "unchanged", event.message_id)
        for at, event in events.items()
    }


def _record_orders(
    session: Session,
    accepted: Accepted,
    owners: Owners,
    events: Mapping[int, Result],
    *,
    origin: Origin,
    now: datetime,
) -> dict[int, Result]:
    """Orders and additions; those of an event that came before are not looked at again."""
    told: dict[int, Told] = {}
    for at, one in accepted.items():
        if at in events and events[at].status == "unchanged":
            continue
        if isinstance(one.told, Told):
            told[at] = replace(one.told, customer_id=owners[at])
        elif one.said.told is not None:
            told[at] = one.said.told
    outcomes = orders.record(session, list(told.values()), origin=origin, now=now) if told else []
    return {
        at: Result(outcome.status, str(one.order_id)) for (at, one), outcome in zip(told.items(), outcomes, strict=True)
    }


def _record_products(session: Session, accepted: Accepted, *, origin: Origin, now: datetime) -> dict[int, Result]:
    told = {at: one.told for at, one in accepted.items() if isinstance(one.told, ToldOfProduct)}
    outcomes = products.record(session, list(told.values()), origin=origin, now=now) if told else []
    return {at: Result(outcome.status, outcome.sku) for at, outcome in zip(told, outcomes, strict=True)}


def _record_remarks(
    session: Session, accepted: Accepted, owners: Owners, origin: Origin, now: datetime
) -> dict[int, Outcome | Invalid]:
    told = {at: one.said.remark for at, one in accepted.items() if one.said.remark is not None}
    return remarks.record(session, told, owners, origin=origin, now=now)


def _item(message: Message, now: datetime) -> Item:
    """A record without a type is one whose envelope could not be read: it will be refused as what it is."""
    kind = KINDS.get(message.type, Kind.UNREADABLE)
    return Item(kind, message.value, _told_at(message, now))


def _told_at(message: Message, now: datetime) -> datetime:
    try:
        told = datetime.fromisoformat(message.headers["ce_time"])
    except (KeyError, ValueError):
        return now
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def _origin(message: Message) -> Origin:
    return Origin.IMPORT if message.headers.get("ce_origin") == Origin.IMPORT else Origin.LIVE
