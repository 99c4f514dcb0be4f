"""What a segment rule means, said once more in plain Python over facts. It imports nothing of the services."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

Fact = dict[str, Any]
Rule = Mapping[str, Any]
UNKNOWN = None
ZERO = Decimal(0)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class World:
    """Everything that is known of some customers. A fact has the `customer_id` that it was written with."""

    zone: ZoneInfo
    canonical: dict[UUID, UUID]
    linked_at: dict[UUID, datetime]  # when an id was absorbed
    records: dict[UUID, Fact]
    purposes: dict[str, str]  # the class of each
    orders: list[Fact] = field(default_factory=list)
    events: list[Fact] = field(default_factory=list)
    messages: list[Fact] = field(default_factory=list)
    warnings: list[Fact] = field(default_factory=list)
    answers: list[Fact] = field(default_factory=list)
    complaints: list[Fact] = field(default_factory=list)
    consents: list[Fact] = field(default_factory=list)
    assessments: dict[UUID, Fact] = field(default_factory=dict)
    tiers: dict[UUID, Fact] = field(default_factory=dict)
    owners: list[Fact] = field(default_factory=list)  # by role
    pauses: dict[UUID, Fact] = field(default_factory=dict)
    bounds: list[Decimal] = field(default_factory=list)  # of price bands
    parents: dict[str, str] = field(default_factory=dict)  # of categories
    lists: dict[str, set[UUID]] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)

    def ids(self, who: UUID) -> set[UUID]:
        return {one for one, root in self.canonical.items() if root == who}


def holds(rule: Rule, who: UUID, world: World, now: datetime) -> bool:
    """Whether a rule holds a canonical customer at an instant."""
    if "all" in rule:
        return all(holds(one, who, world, now) for one in rule["all"])
    if "any" in rule:
        return any(holds(one, who, world, now) for one in rule["any"])
    if "not" in rule:
        return not holds(rule["not"], who, world, now)
    if rule["field"] == "segment":
        return any(_in_segment(one, who, world, now) for one in _listed(rule["value"]))
    return compares(rule["op"], value_of(rule, who, world, now), rule.get("value"), now)


def _in_segment(segment_id: str, who: UUID, world: World, now: datetime) -> bool:
    if segment_id in world.lists:
        return bool(world.lists[segment_id] & world.ids(who))
    return holds(world.rules[segment_id], who, world, now)


def compares(op: str, value: Any, wanted: Any, now: datetime) -> bool:
    """One comparison. What is not known is not so."""
    if op == "is_known":
        return value is not UNKNOWN and value != []
    if value is UNKNOWN:
        return False
    within: dict[str, Callable[[], bool]] = {
        "is": lambda: value == wanted,
        "is_any_of": lambda: value in wanted,
        "in_region": lambda: any(_lies_in(value, one) for one in wanted),
        "has_any_of": lambda: any(one in value for one in wanted),
        "has_all_of": lambda: all(one in value for one in wanted),
        "at_least": lambda: value >= wanted,
        "at_most": lambda: value <= wanted,
        "more_than": lambda: value > wanted,
        "less_than": lambda: value < wanted,
        "between": lambda: wanted[0] <= value <= wanted[1],
        "before": lambda: value < datetime.fromisoformat(wanted),
        "after": lambda: value > datetime.fromisoformat(wanted),
        "within_last": lambda: now - timedelta(hours=24 * wanted["days"]) < value <= now,
        "within_next": lambda: now < value <= now + timedelta(hours=24 * wanted["days"]),
    }
    return within[op]()


def _lies_in(region: str, wanted: str) -> bool:
    digits = {True: 2, False: 4 if wanted.endswith("00") else 6}[wanted.endswith("0000")]
    return region[:digits] == wanted[:digits]


def value_of(leaf: Rule, who: UUID, world: World, now: datetime) -> Any:
    """The value that a leaf compares; None when it is not known."""
    noun, _, name = leaf["field"].partition(".")
    record = world.records[who]
    values: dict[str, Callable[[], Any]] = {
        "customer": lambda: _of_record(name, who, world),
        "attribute": lambda: _attribute(record["attributes"].get(name), world),
        "assignment": lambda: _owners(name, leaf, who, world),
        "preference": lambda: _pause(who, world),
        "portrait": lambda: _portrait(name, who, world, now),
        "tier": lambda: world.tiers.get(who, {}).get(name or "tier"),
        "consent": lambda: _consent(name, _channel(leaf), who, world),
        **dict.fromkeys(("first_touch", "last_touch"), lambda: (record[noun] or {}).get(name)),
        **dict.fromkeys(
            ("dimension", "criteria", "score", "rfm"),
            lambda: _of_assessment(noun, name, world.assessments.get(who)),
        ),
    }
    return values[noun]() if noun in values else _of_facts(leaf, who, world, now)


def _pause(who: UUID, world: World) -> datetime | None:
    said = [world.pauses[one] for one in sorted(world.ids(who)) if one in world.pauses]
    return max(said, key=lambda one: one["said_at"])["until"] if said else UNKNOWN


def _of_record(name: str, who: UUID, world: World) -> Any:
    record = world.records[who]
    if name == "tags":
        return [tag for one in world.ids(who) for tag in world.records[one]["tags"]]
    if name == "renewal_at":
        return _renewal(record, world)
    if name == "in_household":
        return record["household_id"] is not None
    if name == "birthday_month":
        return (record["birthday"] or {}).get("month")
    return record["influence"][name] if name in ("standing", "followers") else record[name]


def _renewal(record: Fact, world: World) -> datetime | None:
    return UNKNOWN if record["renewal_at"] is None else datetime.combine(record["renewal_at"], time(), world.zone)


def _attribute(value: Any, world: World) -> Any:
    """A day is its first instant."""
    try:
        return datetime.combine(date.fromisoformat(value), time(), world.zone)
    except (TypeError, ValueError):
        return value


def _owners(name: str, leaf: Rule, who: UUID, world: World) -> list[str]:
    """Of the record that somebody counts as: whoever looks after it in the roles that are asked for."""
    theirs = [one for one in world.owners if one["customer_id"] == who]
    theirs = [one for one in theirs if all(_asked(one, entry, world) for entry in leaf.get("where", ()))]
    return [str(one[name]) for one in theirs if one[name] is not None]


TWO_YEARS = timedelta(days=730)


def _portrait(label: str, who: UUID, world: World, now: datetime) -> Any:
    """What most orders of two years say; of equally many what brought more, then what comes first in the alphabet."""
    said: dict[str, dict[UUID, Decimal]] = {}
    for order in world.orders:
        if _counts(order) and order["customer_id"] in world.ids(who) and order["at"] > now - TWO_YEARS:
            for value, net in _votes(label, order, world):
                by_order = said.setdefault(value, {})
                by_order[order["order_id"]] = by_order.get(order["order_id"], ZERO) + net
    voters = {one for some in said.values() for one in some}
    if label == "promotion_driven":
        said = {value: some for value, some in said.items() if value == "true"}
    if len(voters) < 2 or not said:
        return UNKNOWN
    value, some = min(said.items(), key=lambda item: (-len(item[1]), -sum(item[1].values()), item[0]))
    read: dict[str, Callable[[], Any]] = {
        "promotion_driven": lambda: 2 * len(some) >= len(voters),
        "favourite_hour": lambda: int(value),
        "favourite_weekday": lambda: WEEKDAYS[int(value) - 1],
        "price_band": lambda: _band(int(value), world.bounds),
    }
    return read.get(label, lambda: value)()


def _votes(label: str, order: Fact, world: World) -> Iterator[tuple[str, Decimal]]:
    local = order["at"].astimezone(world.zone)
    of_order = {
        "favourite_hour": str(local.hour),
        "favourite_weekday": str(local.isoweekday()),
        "favourite_channel": order["channel"],
        "promotion_driven": "true" if _promoted(order) else "false",
    }
    if label in of_order:
        if of_order[label] is not None:
            yield of_order[label], order["net"]
        return
    for line in order["lines"]:
        kept = line["quantity"] - line["refunded_quantity"]
        if kept > 0:
            band = str(sum(line["net"] / kept >= bound for bound in world.bounds))
            value = band if label == "price_band" else line[label.removeprefix("favourite_")]
            if value is not None:
                yield value, line["net"]


def _band(place: int, bounds: list[Decimal]) -> str:
    low = f"{bounds[place - 1]:f}" if place else "0"
    return f"{low}-{bounds[place]:f}" if place < len(bounds) else f"{low}+"


def _promoted(order: Fact) -> bool:
    return bool(order["coupon_codes"]) or any(line["discount"] > 0 for line in order["lines"])


def _counts(order: Fact) -> bool:
    return order["status"] in ("paid", "shipped", "delivered") and not order["test"]


def _of_assessment(noun: str, name: str, assessment: Fact | None) -> Any:
    if assessment is None:
        return UNKNOWN
    if noun == "dimension":
        return assessment["dimensions"].get(name)
    if noun == "criteria":
        return assessment["criteria"].get(name)
    return assessment[f"rfm_{name}" if noun == "rfm" else name]


def _channel(leaf: Rule) -> str:
    return str(leaf["where"][0]["value"]) if leaf.get("where") else "any"


def _consent(purpose: str, channel: str, who: UUID, world: World) -> str | None:
    said: dict[tuple[str, str], list[tuple[datetime, bool]]] = {}
    for one in world.consents:
        if one["customer_id"] in world.ids(who):
            said.setdefault((one["purpose"], one["channel"]), []).append(
                (one["effective_at"], one["state"] == "withdrawn")
            )
    linked = max((world.linked_at[one] for one in world.ids(who) if one != who), default=None)
    counts = {cell: _counting(entries, linked) for cell, entries in said.items()}
    wide = world.purposes.get(purpose)
    around = {(purpose, "any"), (wide, channel), (wide, "any")} - {(purpose, channel)}
    wider = [counts[cell] for cell in around if cell in counts]
    exact = counts.get((purpose, channel))
    if exact is not None:
        gone = exact[1] or any(withdrawn and at >= exact[0] for at, withdrawn in wider)
    elif wider:
        gone = max(wider)[1]
    else:
        return UNKNOWN
    return "withdrawn" if gone else "granted"


def _counting(entries: list[tuple[datetime, bool]], linked: datetime | None) -> tuple[datetime, bool]:
    latest = max(entries)
    withdrawn = [one for one in entries if one[1]]
    return max(withdrawn) if withdrawn and linked is not None and latest[0] <= linked else latest


def _of_facts(leaf: Rule, who: UUID, world: World, now: datetime) -> Any:
    noun, _, name = leaf["field"].partition(".")
    ids, where = world.ids(who), leaf.get("where", ())
    if noun == "orders":
        return _of_orders(name, list(_orders(leaf, ids, world, now)))
    if noun == "behaviour":
        some = [one for one in world.events if one["measure"] == name]
    elif noun == "messages":
        some = [one for one in world.messages if one["status"] == name]
    elif noun == "survey":
        some = world.answers
    elif noun == "complaints":
        some = [one for one in world.complaints if name == "count" or not (one["resolved_at"] or one["closed_at"])]
    else:
        some = [one for one in world.warnings if one["step"] == "raised"]
    some = [one for one in some if one["customer_id"] in ids and _in_window(one["at"], leaf, world, now)]
    some = [one for one in some if all(_asked(one, entry, world) for entry in where)]
    if noun == "survey" and name != "count":
        said = [(one["at"], one["response_id"], one[name]) for one in some if one[name] is not None]
        return max(said)[2] if said else UNKNOWN
    if leaf["field"] == "warnings.open":
        closed = {one["warning_id"] for one in world.warnings if one["step"] == "closed"}
        return any(one["warning_id"] not in closed for one in some)
    return len(some)


def _orders(leaf: Rule, ids: set[UUID], world: World, now: datetime) -> Iterator[tuple[datetime, Decimal, Decimal]]:
    """When each order was placed, what it brought, and how many units: of its matching lines, if lines are asked."""
    of_lines = [one for one in leaf.get("where", ()) if one["field"] in ("category", "sku", "brand")]
    of_order = [one for one in leaf.get("where", ()) if one not in of_lines]
    for order in world.orders:
        if order["customer_id"] not in ids or not _counts(order):
            continue
        local = order["at"].astimezone(world.zone)
        seen = order | {"weekday": WEEKDAYS[local.weekday()], "hour": local.hour, "month": local.month}
        seen |= {"promoted": _promoted(order)}
        if not _in_window(order["at"], leaf, world, now) or not all(_asked(seen, one, world) for one in of_order):
            continue
        kept = [line for line in order["lines"] if line["refunded_quantity"] < line["quantity"]]
        lines = [line for line in kept if all(_asked(line, one, world) for one in of_lines)]
        if of_lines and not lines:
            continue
        net = sum((line["net"] for line in lines), ZERO) if of_lines else order["net"]
        yield order["at"], net, sum((line["quantity"] - line["refunded_quantity"] for line in lines), ZERO)


def _of_orders(name: str, orders: list[tuple[datetime, Decimal, Decimal]]) -> Any:
    spend = sum((net for _, net, _ in orders), ZERO)
    values: dict[str, Callable[[], Any]] = {
        "count": lambda: len(orders),
        "net_spend": lambda: spend,
        "units": lambda: sum((units for _, _, units in orders), ZERO),
        "average_order_value": lambda: spend / len(orders) if orders else UNKNOWN,
        "first_at": lambda: min((at for at, _, _ in orders), default=UNKNOWN),
        "last_at": lambda: max((at for at, _, _ in orders), default=UNKNOWN),
    }
    return values[name]()


def _asked(fact: Fact, entry: Rule, world: World) -> bool:
    if entry["field"] == "category" and entry["op"] in ("is", "is_any_of"):
        return bool(set(_above(fact["category"], world)) & set(_listed(entry["value"])))
    value = fact["coupon_codes"] if entry["field"] == "coupon_code" else fact[entry["field"]]
    return compares(entry["op"], value, entry.get("value"), datetime.max.replace(tzinfo=UTC))


def _above(category: str | None, world: World) -> Iterator[str]:
    while category is not None:
        yield category
        category = world.parents.get(category)


def _in_window(at: datetime, leaf: Rule, world: World, now: datetime) -> bool:
    window = leaf.get("window")
    if window is None:
        return True
    if "days" in window or "hours" in window:
        return at > now - timedelta(hours=24 * window.get("days", 0) + window.get("hours", 0))
    day = at.astimezone(world.zone)
    first, last = (_midnight(window.get(name), world.zone) for name in ("from", "to"))
    return (first is None or day >= first) and (last is None or day < last)


def _midnight(day: str | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(date.fromisoformat(day), time(), zone)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def moments(rule: Rule, who: UUID, world: World) -> Iterator[datetime]:
    """Every instant at which time alone could matter to a rule: each known time, moved by each span in it."""
    spans = [timedelta(0), TWO_YEARS]
    spans += [*_spans(rule), *(span for one in world.rules.values() for span in _spans(one))]
    times = [
        one["at"]
        for some in (world.orders, world.events, world.messages, world.warnings, world.answers, world.complaints)
        for one in some
    ]
    times += [world.records[who]["registered_at"], world.tiers.get(who, {}).get("valid_until")]
    times.append(_renewal(world.records[who], world))
    times += [_attribute(one, world) for one in world.records[who]["attributes"].values() if isinstance(one, str)]
    times += [one["until"] for one in world.pauses.values()]
    times = [at for at in times if isinstance(at, datetime)]
    for at in times:
        yield from (at + sign * span for span in spans for sign in (1, -1))


def _spans(rule: Any) -> Iterator[timedelta]:
    if isinstance(rule, list):
        for one in rule:
            yield from _spans(one)
    elif isinstance(rule, Mapping):
        if isinstance(rule.get("days"), int) or isinstance(rule.get("hours"), int):
            yield timedelta(hours=24 * rule.get("days", 0) + rule.get("hours", 0))
        for one in rule.values():
            yield from _spans(one)
