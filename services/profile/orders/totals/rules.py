"""What the lines and sums of one order come to, in its own currency and in base currency."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.profile.orders.schemas import NewLine, NewRefund, OrderDocument, ReturnedLine
from shared.contracts.profile import Charged, Line, Totals
from shared.money import converted, rounded, shares, unit

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineState:
    """One line with what became of it; `net` is what it brought after all discounts and refunds."""

    line_id: str
    reported: NewLine
    gross: Decimal
    discount: Decimal
    net: Decimal
    refunded_quantity: Decimal = ZERO
    returned_quantity: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Sums:
    """The amounts of an order. `unexplained` is the shop's total less what its lines say."""

    subtotal: Decimal
    discount: Decimal
    shipping: Decimal
    tax: Decimal
    total: Decimal
    unexplained: Decimal


def priced(document: OrderDocument) -> list[LineState]:
    """The lines before any refund; a discount of the whole order is shared over them by largest remainder."""
    currency = document.currency
    gross = [rounded(line.quantity * line.unit_price, currency) for line in document.lines]
    own = [min(rounded(line.discount, currency), value) for line, value in zip(document.lines, gross, strict=True)]
    left = [value - discount for value, discount in zip(gross, own, strict=True)]
    extra = rounded(document.totals.discount or ZERO, currency) - sum(own)
    if extra > 0 and left:
        more = shares(min(extra, sum(left, ZERO)), left, currency)
        own = [discount + share for discount, share in zip(own, more, strict=True)]
    return [
        LineState(line.line_id or str(at), line, value, discount, value - discount)
        for at, (line, value, discount) in enumerate(zip(document.lines, gross, own, strict=True), 1)
    ]


def summed(document: OrderDocument, lines: Sequence[LineState]) -> Sums:
    """The sums of an order; where the shop gave a total, that one."""
    totals, currency = document.totals, document.currency
    shipping, tax = rounded(totals.shipping, currency), rounded(totals.tax, currency)
    on_top = shipping + rounded(totals.tip, currency) + (ZERO if totals.tax_included else tax)
    told = totals.discount if totals.discount is not None else _sum(lines, "discount")
    discount = rounded(told, currency)
    if lines:
        subtotal = _sum(lines, "gross")
    elif totals.subtotal is not None:
        subtotal = rounded(totals.subtotal, currency)
    else:
        subtotal = max(rounded(totals.total or ZERO, currency) - on_top + discount, ZERO)
    expected = max(subtotal - discount + on_top, ZERO)
    total = expected if totals.total is None else rounded(totals.total, currency)
    off = total - expected if lines else ZERO
    unexplained = off if abs(off) > unit(currency) else ZERO
    return Sums(subtotal, discount, shipping, tax, total, unexplained)


def settled(
    lines: Sequence[LineState], refunds: Sequence[NewRefund], returns: Sequence[ReturnedLine], currency: str, full: bool
) -> list[LineState]:
    """The lines after refunds and returns. A refund falls on the lines it names, else on all, by largest remainder.

    `full` says that nothing of the order is left: then no line has anything left either.
    """
    if not refunds and not returns and not full:
        return list(lines)
    net = [ZERO if full else line.net for line in lines]
    for refund in refunds if not full else ():
        _take(net, lines, refund, currency)
    back = _quantities([(line.line_id, line.quantity) for line in returns])
    paid_back = _quantities([(part.line_id, part.quantity or ZERO) for refund in refunds for part in refund.lines])
    return [
        LineState(
            line.line_id,
            line.reported,
            line.gross,
            line.discount,
            rest,
            _refunded(line, rest, paid_back.get(line.line_id, ZERO), full),
            min(back.get(line.line_id, ZERO), line.reported.quantity),
        )
        for line, rest in zip(lines, net, strict=True)
    ]


def _take(net: list[Decimal], lines: Sequence[LineState], refund: NewRefund, currency: str) -> None:
    """Lower what is left of the lines by their shares of one refund; what no line can bear was not paid for lines."""
    named = {part.line_id: part for part in refund.lines}
    targets = [at for at, line in enumerate(lines) if line.line_id in named] or list(range(len(lines)))
    weights = []
    for at in targets:
        part = named.get(lines[at].line_id)
        quantity = part.quantity if part and part.quantity else lines[at].reported.quantity
        weight = net[at] * min(quantity / lines[at].reported.quantity, Decimal(1))
        weights.append(part.amount if part and part.amount is not None else weight)
    amount = min(rounded(refund.amount or ZERO, currency), sum((net[at] for at in targets), ZERO))
    for at, share in zip(targets, shares(amount, weights, currency), strict=True):
        net[at] = max(net[at] - share, ZERO)


def _refunded(line: LineState, rest: Decimal, named: Decimal, full: bool) -> Decimal:
    """A line with nothing left is refunded in full, whatever its refunds said of quantities."""
    nothing_left = full or (line.net > 0 and rest == 0)
    return line.reported.quantity if nothing_left else min(named, line.reported.quantity)


def based_lines(lines: Sequence[LineState], currency: str, rate: Decimal, base: str) -> list[Line]:
    """The lines in base currency; their nets and discounts add up to the converted sums."""
    nets, discounts = [line.net for line in lines], [line.discount for line in lines]
    if currency != base:
        nets = shares(converted(sum(nets, ZERO), rate, base), nets, base)
        discounts = shares(converted(sum(discounts, ZERO), rate, base), discounts, base)
    return [
        Line(
            line_id=line.line_id,
            sku=line.reported.sku,
            category=line.reported.category,
            brand=line.reported.brand,
            quantity=line.reported.quantity,
            unit_price=converted(line.reported.unit_price, rate, base),
            unit_cost=None if line.reported.unit_cost is None else converted(line.reported.unit_cost, rate, base),
            discount=discount,
            net=net,
            refunded_quantity=line.refunded_quantity,
            returned_quantity=line.returned_quantity,
        )
        for line, net, discount in zip(lines, nets, discounts, strict=True)
    ]


def based_totals(totals: Mapping[str, Decimal], currency: str, rate: Decimal, base: str) -> Totals:
    """The sums in base currency; `net` is again what was paid less what was refunded."""
    if currency == base:
        return Totals(**totals)
    amounts = {name: converted(amount, rate, base) for name, amount in totals.items()}
    return Totals(**{**amounts, "net": max(amounts["paid"] - amounts["refunded"], ZERO)})


def charged(totals: Mapping[str, Decimal], lines: Sequence[LineState]) -> Charged:
    """What an order came to in its own currency: converted back, its amounts would be a cent off."""
    return Charged(total=totals["total"], nets=[line.net for line in lines])


def _sum(lines: Sequence[LineState], name: str) -> Decimal:
    return sum((getattr(line, name) for line in lines), ZERO)


def _quantities(parts: Sequence[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line_id, quantity in parts:
        found[line_id] = found.get(line_id, ZERO) + quantity
    return found
