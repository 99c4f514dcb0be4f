"""What makes two reports the same order, which of two documents counts, and what is published of the result."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from services.profile.identities.schemas import Claim
from services.profile.orders.additions.rules import Addition, united
from services.profile.orders.schemas import NewOrder, NewRefund, NewReturn, OrderDocument
from services.profile.orders.standing.rules import Standing, happened_at, standing
from services.profile.orders.totals.rules import based_lines, based_totals, charged
from shared.clock import EARLIEST
from shared.contracts.base import CODE, Origin, is_readable
from shared.contracts.profile import OrderRecorded, Parcel, Refund, Return, ReturnedLine
from shared.crypto import blind_index
from shared.errors import NotFound
from shared.ids import derived_id
from shared.money import converted


class Rank(NamedTuple):
    """What decides between two documents of one order, the most important first."""

    order_version: int
    updated_at: datetime
    received_at: datetime
    body_hash: bytes


GUEST = "order:"
LONGEST = 128
OUR_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
NOTHING_TOLD = Rank(-2, EARLIEST, EARLIEST, b"")


@dataclass(frozen=True, slots=True)
class ReportedOrder:
    """A document as it came by one of the doors, and what the door knows beside it."""

    document: NewOrder
    received_at: datetime
    additions: tuple[Addition, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What one report tells of an order: a document with its rank, rate and customer, or additions, or both."""

    order_id: UUID
    source: str
    shop_order_id: str
    additions: tuple[Addition, ...] = ()
    document: OrderDocument | None = None
    rank: Rank = NOTHING_TOLD
    rate: Decimal = Decimal(1)
    customer_id: UUID | None = None
    guest: bool = False


@dataclass(frozen=True)
class Order:
    """One order: all that was told of it and the standing that follows. Without a document it is only held."""

    order_id: UUID
    source: str
    shop_order_id: str
    created_at: datetime
    additions: list[Addition] = field(default_factory=list)
    document: OrderDocument | None = None
    rank: Rank = NOTHING_TOLD
    rate: Decimal = Decimal(1)
    customer_id: UUID | None = None
    guest: bool = False
    version: int = 0

    @property
    def told_at(self) -> datetime:
        """The time of the document."""
        return self.rank.received_at if self.rank.updated_at == EARLIEST else self.rank.updated_at

    @cached_property
    def stands(self) -> Standing | None:
        """The present standing; none while it is only held."""
        return standing(self.document, self.additions, self.told_at) if self.document else None


def order_id_of(source: str, shop_order_id: str) -> UUID:
    """Our id of a shop's order: the same natural key is the same order, by whatever door and however often it comes."""
    return derived_id("order", source, shop_order_id)


def reference(text: str) -> tuple[UUID, tuple[str, str] | None]:
    """The order a path names: our id, or `<source>:<order id>` as the shop calls it, which then comes along.

    Raises NotFound when it is neither.
    """
    source, colon, shop_order_id = text.partition(":")
    if colon and CODE.fullmatch(source) and is_readable(shop_order_id) and 0 < len(shop_order_id) <= LONGEST:
        return order_id_of(source, shop_order_id), (source, shop_order_id)
    if OUR_ID.fullmatch(text):
        return UUID(text), None
    raise NotFound("There is no such order.")


def newer(new: Rank, old: Rank) -> bool:
    """Whether a document replaces the one we have."""
    return new > old


def rank_of(document: NewOrder, received_at: datetime) -> Rank:
    """The rank of a document received at a time. The hash is keyed: a document holds identities."""
    body = blind_index("order", document.model_dump_json())
    version = -1 if document.order_version is None else document.order_version
    return Rank(version, document.updated_at or EARLIEST, received_at, body)


def advanced(old: Order, told: Sequence[Told]) -> Order:
    """The order after more was told of it, in whatever order: its newest document and all additions."""
    best = max(told, key=lambda one: one.rank)
    additions = united(old.additions, [addition for one in told for addition in one.additions])
    if best.document is None or not newer(best.rank, old.rank):
        after = replace(old, additions=additions)
    elif best.rank.body_hash == old.rank.body_hash:
        after = replace(old, additions=additions, rank=best.rank)
    else:
        after = replace(
            old,
            additions=additions,
            document=best.document,
            rank=best.rank,
            rate=best.rate,
            customer_id=best.customer_id,
            guest=best.guest,
        )
    return _named(after, old, told) if after.guest else after


def _named(guest: Order, old: Order, told: Sequence[Told]) -> Order:
    """The order under the customer whom another document names: one without anybody does not take that back."""
    naming = [one for one in told if one.document is not None and not one.guest]
    if naming:
        return replace(guest, customer_id=max(naming, key=lambda one: one.rank).customer_id, guest=False)
    if old.document is not None and not old.guest:
        return replace(guest, customer_id=old.customer_id, guest=False)
    return guest


def differs(new: Order, old: Order) -> bool:
    """Whether anything was told that was not known; the same body said again is nothing new."""
    moved = new.rank.body_hash != old.rank.body_hash or new.additions != old.additions
    return moved or new.guest != old.guest


def guest_of(source: str, order_id: str) -> str:
    """The anonymous identity of an order for which a shop names nobody."""
    return f"{GUEST}{source}:{order_id}"


def names_nobody(document: NewOrder) -> bool:
    """Whether an order is a guest's: it stays with a visitor of its own until a version names the customer."""
    nobody = guest_of(document.source, document.order_id)
    return all(one.kind == "anonymous" and one.value == nobody for one in document.identities)


def claim_of(order: ReportedOrder, origin: Origin) -> Claim:
    """Whose an order is said to be. An order makes a known customer, unless its shop names nobody at all."""
    document = order.document
    identities = tuple(one.identity() for one in document.identities)
    known = not names_nobody(document)
    return Claim(document.source, identities, known, origin, min(document.placed_at, order.received_at))


def recorded(order: Order, changed: Sequence[str], *, base: str, origin: Origin, now: datetime) -> OrderRecorded:
    """The event that tells of an order's present standing, in base currency."""
    document, stands = order.document, order.stands
    if document is None or stands is None or order.customer_id is None:
        raise ValueError("an order without a document is not published")
    return OrderRecorded(
        customer_id=order.customer_id,
        version=order.version,
        occurred_at=min(happened_at(stands, changed, order.told_at), now),
        recorded_at=now,
        origin=origin,
        order_id=order.order_id,
        source=order.source,
        shop_order_id=order.shop_order_id,
        store_id=document.store_id,
        channel=document.channel,
        status=stands.status,
        test=document.test,
        placed_at=stands.placed_at,
        paid_at=stands.paid_at,
        shipped_at=stands.shipped_at,
        delivered_at=stands.delivered_at,
        cancelled_at=stands.cancelled_at,
        parcels=[Parcel(**dict(parcel)) for parcel in stands.parcels],
        currency=document.currency,
        rate=order.rate,
        totals=based_totals(stands.totals, document.currency, order.rate, base),
        charged=charged(stands.totals, stands.lines) if document.currency != base else None,
        lines=based_lines(stands.lines, document.currency, order.rate, base),
        refunds=[_refund(one, order.rate, base) for one in stands.refunds],
        returns=[_return(one) for one in stands.returns],
        coupon_codes=document.coupon_codes,
        referral_code=document.referral_code,
        changes=list(changed),
    )


def _refund(refund: NewRefund, rate: Decimal, base: str) -> Refund:
    amount = converted(refund.amount or Decimal(0), rate, base)
    return Refund(refund_id=refund.refund_id, amount=amount, at=refund.refunded_at)


def _return(one: NewReturn) -> Return:
    lines = [ReturnedLine(line_id=line.line_id, quantity=line.quantity) for line in one.lines]
    return Return(return_id=one.return_id, kind=one.kind, reason=one.reason, lines=lines, received_at=one.received_at)
