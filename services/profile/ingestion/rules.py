"""What an item that came in says, or why it cannot be taken."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from services.profile.behaviour import rules as behaviour
from services.profile.behaviour.schemas import NewEvent
from services.profile.identities.schemas import Claim
from services.profile.ingestion.purchases.rules import is_about_an_order, purchase_of
from services.profile.ingestion.remarks.schemas import ContactReported, NoteReported, Remark, TagsReported
from services.profile.ingestion.schemas import CustomerReported, ParcelReported, RefundReported, StepReported
from services.profile.ingestion.tracking.rules import translated as translated_of
from services.profile.ingestion.traits.rules import archive_of, identities_of
from services.profile.instants.rules import out_of_time, refuse
from services.profile.orders.additions.rules import Addition
from services.profile.orders.faults.rules import addition_faults, addition_in_time
from services.profile.orders.rules import ReportedOrder, Told, claim_of, order_id_of
from services.profile.orders.schemas import NewOrder
from services.profile.products.schemas import NewProduct
from shared.contracts.base import CODE, Origin
from shared.errors import FieldError, GuanxiError, Invalid, Malformed
from shared.web.validation import invalid

M = TypeVar("M", bound=BaseModel)


class Kind(StrEnum):
    """What the body of an item is."""

    ORDER = "order"
    REFUND = "refund"
    PARCEL = "parcel"
    STEP = "step"
    CUSTOMER = "customer"
    PRODUCT = "product"
    EVENT = "event"
    TRACKING = "tracking"  # a message of a tracking library
    TAGS = "tags"
    NOTE = "note"
    CONTACT = "contact"
    UNREADABLE = "unreadable"  # an envelope that could not be opened


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that came in: JSON text or a value, and when; `fault` where its door could not read it."""

    kind: Kind
    body: bytes | Any
    received_at: datetime
    fault: GuanxiError | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What an item says: at most one of these, but a purchase comes with its event."""

    order: ReportedOrder | None = None
    told: Told | None = None
    event: NewEvent | None = None
    customer: CustomerReported | None = None
    product: NewProduct | None = None
    remark: Remark | None = None
    known: bool = False

    def claim(self, origin: Origin) -> Claim | None:
        """Whom it is about; nobody for a product, or for a refund, which follows its order."""
        if self.order is not None:
            return claim_of(self.order, origin)
        if self.event is not None:
            return replace(behaviour.claim_of(self.event, origin), known=self.known)
        if self.remark is not None:
            who = tuple(one.identity() for one in self.remark.identities)
            return Claim(self.remark.source, who, True, origin, self.remark.written_at)
        if self.customer is None:
            return None
        who = tuple(one.identity() for one in self.customer.identities)
        return Claim(self.customer.source, who, self.known, origin, self.customer.updated_at)


def said(item: Item, now: datetime) -> Said | GuanxiError:
    """What an item says, or why it is refused."""
    if item.fault is not None:
        return item.fault
    try:
        return READERS[item.kind](item, now)
    except ValidationError as error:
        return _refusal(error)
    except GuanxiError as error:
        return error


def source_of(item: Item, known: Said | GuanxiError) -> str | None:
    """The source an item names, as far as it can be read."""
    if isinstance(known, Said):
        said = known.event or known.customer or known.product or known.remark
        about = said or (known.order.document if known.order else known.told)
        return about.source if about else None
    value = item.body if isinstance(item.body, dict) else None
    named = value.get("source") if value else None
    return named if isinstance(named, str) and CODE.fullmatch(named) else None


def text_of(item: Item) -> str:
    """The body as text, to be kept."""
    if isinstance(item.body, bytes):
        return item.body.decode("utf-8", "replace")
    return orjson.dumps(item.body).decode()


def of_event(event: NewEvent, item: Item, now: datetime) -> Said:
    """What a behaviour event says; an order event also tells of an order, and makes a customer if it is paid for."""
    _refuse(behaviour.faults(event, now))
    if not is_about_an_order(event.name):
        return Said(event=event)
    event = behaviour.within_time(event, now)
    purchase = purchase_of(event, item.received_at)
    return Said(order=purchase.order, told=purchase.told, event=event, known=purchase.order is not None)


def of_customer(customer: CustomerReported, now: datetime, *, known: bool = True) -> Said:
    """What a report of a customer says; the e-mail address and phone number among traits are identities as well."""
    found, errors = identities_of(customer.traits)
    _, wrong = archive_of(customer.traits)
    late = out_of_time("updated_at", customer.updated_at, now)
    _refuse([*errors, *wrong, *([late] if late else [])])
    whole = customer.model_copy(update={"identities": [*customer.identities, *found]})
    return Said(customer=whole, known=known or bool(found))


def _order(item: Item, now: datetime) -> Said:
    return Said(order=ReportedOrder(_read(NewOrder, item.body), item.received_at), known=True)


def _refund(item: Item, now: datetime) -> Said:
    report = _read(RefundReported, item.body)
    return _told(report, Addition("refund", report.refunded_at, report.refund()), now)


def _parcel(item: Item, now: datetime) -> Said:
    report = _read(ParcelReported, item.body)
    return _told(report, Addition("parcel", report.reported_at, report.parcel()), now)


def _step(item: Item, now: datetime) -> Said:
    report = _read(StepReported, item.body)
    return _told(report, Addition("step", report.at, report.bare()), now)


def _told(about: RefundReported | ParcelReported | StepReported, addition: Addition, now: datetime) -> Said:
    _refuse(addition_faults(addition, now))
    order_id = order_id_of(about.source, about.order_id)
    return Said(told=Told(order_id, about.source, about.order_id, (addition_in_time(addition, now),)))


def _customer(item: Item, now: datetime) -> Said:
    return of_customer(_read(CustomerReported, item.body), now)


def _product(item: Item, now: datetime) -> Said:
    product = _read(NewProduct, item.body)
    at = product.updated_at or item.received_at
    return Said(product=product.model_copy(update={"updated_at": at}))


def _tags(item: Item, now: datetime) -> Said:
    return _remarked(_read(TagsReported, item.body), now)


def _note(item: Item, now: datetime) -> Said:
    return _remarked(_read(NoteReported, item.body), now)


def _contact(item: Item, now: datetime) -> Said:
    return _remarked(_read(ContactReported, item.body), now)


def _remarked(remark: Remark, now: datetime) -> Said:
    refuse([("written_at", remark.written_at)], now)
    return Said(remark=remark)


def _event(item: Item, now: datetime) -> Said:
    return of_event(_read(NewEvent, item.body), item, now)


def _tracking(item: Item, now: datetime) -> Said:
    message = orjson.loads(item.body) if isinstance(item.body, bytes) else item.body
    translated = translated_of(message, item.received_at)
    if isinstance(translated, NewEvent):
        return of_event(translated, item, now)
    return of_customer(translated.report, now, known=translated.known)


def _unreadable(item: Item, now: datetime) -> Said:
    raise Malformed("The CloudEvents envelope cannot be read.")


READERS: Mapping[Kind, Callable[[Item, datetime], Said]] = {
    Kind.ORDER: _order,
    Kind.REFUND: _refund,
    Kind.PARCEL: _parcel,
    Kind.STEP: _step,
    Kind.CUSTOMER: _customer,
    Kind.PRODUCT: _product,
    Kind.EVENT: _event,
    Kind.TRACKING: _tracking,
    Kind.TAGS: _tags,
    Kind.NOTE: _note,
    Kind.CONTACT: _contact,
    Kind.UNREADABLE: _unreadable,
}


def _read(model: type[M], body: bytes | Any) -> M:
    return model.model_validate_json(body) if isinstance(body, bytes) else model.model_validate(body)


def _refuse(errors: Sequence[FieldError]) -> None:
    if errors:
        raise Invalid("Not valid: " + ", ".join(error.field for error in errors[:5]) + ".", errors=errors)


def _refusal(error: ValidationError) -> GuanxiError:
    faults = error.errors(include_url=False, include_input=False)
    if faults[0]["type"] == "json_invalid":
        return Malformed("The body is not valid JSON in UTF-8.")
    return invalid(faults)
