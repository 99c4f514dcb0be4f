"""From a document and what was told apart from it to the present standing. Nothing is added up over time."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from services.profile.orders.additions.rules import Addition, Step
from services.profile.orders.schemas import NewParcel, NewRefund, NewReturn, OrderDocument
from services.profile.orders.totals.rules import ZERO, LineState, priced, settled, summed
from shared.money import rounded

REACHED = ("placed", "paid", "shipped", "delivered")
LATER = (*REACHED[1:], "cancelled")
T = TypeVar("T", NewRefund, NewReturn)
Steps = Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stands now, amounts in its own currency."""

    status: str
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    totals: dict[str, Decimal]
    lines: list[LineState]
    refunds: list[NewRefund]
    parcels: list[NewParcel]
    returns: list[NewReturn]
    discrepancy: dict[str, Decimal]

    def reached(self, step: str) -> datetime | None:
        """When a step was reached, as far as a time is known."""
        known: datetime | None = getattr(self, f"{step}_at")
        return known

    def has_reached(self, step: str) -> bool:
        """Whether a step lies behind the order."""
        if step == "cancelled":
            return self.status == step
        behind = self.status in REACHED and REACHED.index(self.status) >= REACHED.index(step)
        return behind or self.reached(step) is not None


def standing(document: OrderDocument, additions: Sequence[Addition], told_at: datetime) -> Standing:
    """The standing of an order. `told_at` is the time of the document, against which additions are older or newer."""
    steps: dict[str, datetime] = {one.body.step: one.at for one in additions if isinstance(one.body, Step)}
    parcels = _parcels(document, additions, told_at) if additions else document.parcels
    told_returns = [one.body for one in additions if isinstance(one.body, NewReturn)]
    told_refunds = [one.body for one in additions if isinstance(one.body, NewRefund)]
    foreign = [one for one in told_refunds if one.currency not in (None, document.currency)]
    returns = _united(document.returns, told_returns, lambda one: one.return_id)
    refunds = _united(document.refunds, [one for one in told_refunds if one not in foreign], lambda one: one.refund_id)
    lines = priced(document)
    sums = summed(document, lines)
    progress = _progress(document, steps, parcels)
    paid = _paid(document, sums.total, progress)
    refunds, refunded = _refunded(refunds, paid, document)
    nothing_left = refunded > 0 and refunded >= paid
    back = [line for one in returns for line in one.lines]
    return Standing(
        status=_status(document, steps, progress, nothing_left),
        placed_at=min(document.placed_at, steps.get("placed", document.placed_at)),
        paid_at=document.paid_at or steps.get("paid"),
        shipped_at=document.shipped_at or min((p.shipped_at for p in parcels if p.shipped_at), default=None),
        delivered_at=document.delivered_at or _all_delivered(parcels),
        cancelled_at=document.cancelled_at or _cancelled(document, steps),
        totals={
            "subtotal": sums.subtotal,
            "discount": sums.discount,
            "shipping": sums.shipping,
            "tax": sums.tax,
            "total": sums.total,
            "paid": paid,
            "refunded": refunded,
            "net": max(paid - refunded, paid - paid),
        },
        lines=settled(lines, refunds, back, document.currency, nothing_left),
        refunds=refunds,
        parcels=parcels,
        returns=returns,
        discrepancy=_discrepancy(sums.unexplained, refunded - paid, foreign),
    )


def changes(old: Standing | None, new: Standing, *, document_changed: bool) -> list[str]:
    """What one version changed, in the words of the event."""
    found = ["placed"] if old is None else ["updated"] * document_changed
    ahead = [step for step in LATER if new.has_reached(step)]
    found += [step for step in ahead if old is None or not old.has_reached(step)]
    if new.totals["refunded"] > (old.totals["refunded"] if old else ZERO):
        found.append("refunded")
    if _returned(new) > (_returned(old) if old else (0, ZERO)):
        found.append("returned")
    return found


def happened_at(new: Standing, changed: Sequence[str], told_at: datetime) -> datetime:
    """When the latest of the changes happened in the world."""
    known = [at for step in changed if step in (*REACHED, "cancelled") and (at := new.reached(step))]
    if "refunded" in changed:
        known += [refund.refunded_at for refund in new.refunds]
    if "returned" in changed:
        known += [one.received_at for one in new.returns if one.received_at]
    return max(known, default=told_at)


def _progress(document: OrderDocument, steps: Steps, parcels: Sequence[NewParcel]) -> str:
    reached = REACHED.index(document.status) if document.status in REACHED else 0
    if document.paid_at or "paid" in steps:
        reached = max(reached, 1)
    if document.shipped_at or any(parcel.shipped_at or parcel.delivered_at for parcel in parcels):
        reached = max(reached, 2)
    if document.delivered_at or _all_delivered(parcels):
        reached = 3
    return REACHED[reached]


def _status(document: OrderDocument, steps: Steps, progress: str, nothing_left: bool) -> str:
    if document.status == "refunded":
        return "refunded"
    if document.status == "cancelled" or document.cancelled_at or _cancelled(document, steps):
        return "cancelled"
    return "refunded" if nothing_left else progress


def _cancelled(document: OrderDocument, steps: Steps) -> datetime | None:
    """A cancellation told apart stands until the shop writes a later version of the order, or restores it."""
    at, restored = steps.get("cancelled"), steps.get("restored")
    if at is None or (restored is not None and restored >= at):
        return None
    return None if document.updated_at and document.updated_at > at else at


def _paid(document: OrderDocument, total: Decimal, progress: str) -> Decimal:
    if document.totals.paid is not None:
        return rounded(document.totals.paid, document.currency)
    return total if progress != "placed" or document.status == "refunded" else rounded(ZERO, document.currency)


def _refunded(refunds: Sequence[NewRefund], paid: Decimal, document: OrderDocument) -> tuple[list[NewRefund], Decimal]:
    """The refunds, those of "all that is left" with their amount, and their sum; a refunded order has nothing left."""
    nothing = rounded(ZERO, document.currency)
    given = (rounded(refund.amount, document.currency) for refund in refunds if refund.amount is not None)
    known = sum(given, nothing)
    rest = max(paid - known, nothing)
    filled: list[NewRefund] = []
    for refund in refunds:
        if refund.amount is None:
            filled.append(refund.model_copy(update={"amount": rest}))
            known, rest = known + rest, nothing
        else:
            filled.append(refund)
    return filled, max(known, paid) if document.status == "refunded" else known


def _united(own: list[T], told: list[T], name: Callable[[T], str]) -> list[T]:
    """The document's list is the shop's full knowledge and decides; what only others told is kept."""
    if not told:
        return own
    known = {name(one): one for one in told + own}
    return [known[identifier] for identifier in sorted(known)]


def _parcels(document: OrderDocument, additions: Iterable[Addition], told_at: datetime) -> list[NewParcel]:
    """Of each parcel and field, what was told last; silence changes nothing."""
    told = [(one.at, one.body) for one in additions if isinstance(one.body, NewParcel)]
    if not told:
        return document.parcels
    told += [(told_at, parcel) for parcel in document.parcels]
    merged: dict[str, NewParcel] = {}
    for _, parcel in sorted(told, key=lambda pair: pair[0]):
        before = merged.get(parcel.parcel_id, parcel)
        merged[parcel.parcel_id] = before.model_copy(update=parcel.model_dump(exclude_none=True))
    return [merged[name] for name in sorted(merged)]


def _all_delivered(parcels: Sequence[NewParcel]) -> datetime | None:
    times = [parcel.delivered_at for parcel in parcels if parcel.delivered_at]
    return max(times) if times and len(times) == len(parcels) else None


def _discrepancy(unexplained: Decimal, excess: Decimal, foreign: Sequence[NewRefund]) -> dict[str, Decimal]:
    elsewhere = sum((one.amount or ZERO for one in foreign), ZERO)
    found = {"lines": unexplained, "refunds": max(excess, ZERO), "foreign_refunds": elsewhere}
    return {name: amount for name, amount in found.items() if amount}


def _returned(one: Standing) -> tuple[int, Decimal]:
    return len(one.returns), sum((line.returned_quantity for line in one.lines), ZERO)
