"""Random customers with random facts, many of them at the very edge of a window; and random rules about them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import Boolean
from sqlalchemy.orm import Session

from services.profile.attributes.fields import words as attribute_words
from services.profile.attributes.schemas import NewAttribute
from services.profile.behaviour.tables import BehaviourEvent
from services.profile.categories.tables import ProductCategory
from services.profile.consents.tables import Consent, ConsentPurpose
from services.profile.customers import rules as records
from services.profile.customers.tables import Customer
from services.profile.links.tables import LinkChange
from services.profile.orders.tables import CustomerOrder
from services.profile.portraits.rules import BOUNDS
from services.profile.preferences.tables import Pause
from services.profile.segments.language.rules import vocabulary
from services.profile.segments.language.schemas import ConditionOut, FieldOut
from services.profile.segments.lists.tables import SegmentListing
from services.profile.signals.fields import own_dimension
from services.profile.signals.tables import Assessment, ComplaintCase, MessageStep, SurveyAnswer, Tier, WarningStep
from shared.db import REPLACE, Base, put
from shared.ids import derived_id
from shared.linking import CustomerRef
from shared.ownership import CustomerOwner
from tests.profile.segments.oracle import Fact, Rule, World

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAYS = (1, 2, 30)
HOURS = (1, 48)
EDGES = (timedelta(0), timedelta(0), timedelta(microseconds=1), -timedelta(microseconds=1), timedelta(hours=5))
PURPOSES = {"marketing": "marketing", "newsletter": "marketing", "service": "service"}
CHANNELS = ("any", "email", "sms")
NUMBERS = (0, 1, 2, 0.5, 10, 25.5)
SHARES = (0, 0.25, 0.5, 1)
WORDS: Mapping[str, Sequence[str]] = {
    "customer.region": ("310000", "310101", "330100", "330106", "330200"),
    "customer.tags": ("a", "b", "c"),
    "customer.channels": ("email", "sms", "wechat"),
    "category": ("tea", "green-tea", "cup"),
    "sku": ("tea-01", "cup-01"),
    "brand": ("West Lake", "Dragon"),
    "coupon_code": ("TEA5", "CUP1"),
    "channel": ("email", "sms", "web", "store"),
    "store_id": ("sh-01", "hz-01"),
    "source": ("shop", "till"),
    "purpose": ("marketing", "service"),
    "template": ("birthday", "thanks"),
    "trigger": ("delivery", "visit"),
    "role": ("account_manager", "service"),
    "portrait.favourite_category": ("tea", "green-tea", "cup"),
    "portrait.favourite_brand": ("West Lake", "Dragon"),
    "portrait.favourite_channel": ("web", "store"),
    "portrait.favourite_weekday": ("mon", "tue", "wed", "sun"),
    "portrait.price_band": ("0-1", "5-10", "10-20"),
}
DECLARED = {
    str(one["key"]): NewAttribute.model_validate({"titles": {"en": one["key"]}, **one})
    for one in (
        {"key": "size", "type": "choice", "values": ["s", "m", "l"]},
        {"key": "cups", "type": "number"},
        {"key": "asks", "type": "bool"},
        {"key": "since", "type": "day"},
        {"key": "words", "type": "text"},
        {"key": "diet", "type": "choice", "values": ["none"], "pii": True},
    )
}
OWN = own_dimension("engagement", {"zh": "参与度", "en": "Engagement"})
VOCABULARY = vocabulary([*attribute_words(DECLARED), OWN])
OWNERS = [derived_id("owner", name) for name in ("li", "han")]
ROLES = ("account_manager", "service")
LONG_AGO = timedelta(days=730)  # nothing older is in a portrait
FACTS = ("business_condition", "industry_outlook", "purchase_intention", "budget")
AHEAD = ("tier.valid_until", "preference.paused_until", "attribute.since")
LISTS = [str(derived_id("list", name)) for name in ("vip", "staff")]


def words(name: str, values: Sequence[str] = ()) -> Sequence[str]:
    """The few values that a code has here."""
    if name.startswith("assignment."):
        return [str(one) for one in OWNERS]
    return WORDS.get(name) or list(values)[:3] or (f"{name}-x", f"{name}-y")


def at_edges(random: Random, now: datetime) -> datetime:
    """An instant at which a window of DAYS or HOURS opens or closes, or nearly; some clocks run ahead of ours."""
    spans = [*(timedelta(days=days) for days in (0, *DAYS)), *(timedelta(hours=hours) for hours in HOURS), LONG_AGO]
    span = random.choice(spans)
    return now - span + random.choice(EDGES)


def world_of(random: Random, now: datetime, people: int = 8) -> World:
    """A few customers, some of whom are one person."""
    ids = sorted(derived_id("person", str(at)) for at in range(people))
    canonical = {one: one for one in ids}
    for one in ids[1:]:
        if random.random() < 0.25:
            canonical[one] = ids[0] if canonical[ids[0]] == ids[0] else one
    linked_at = {one: at_edges(random, now) for one, root in canonical.items() if root != one}
    world = World(SHANGHAI, canonical, linked_at, {one: _record(random, now) for one in ids}, PURPOSES)
    for one in ids:
        some = random.choice((0, 1, 2, 4))
        world.orders += [_order(random, one, now, at) for at in range(some)]
        world.events += [_event(random, one, now) for _ in range(random.choice((0, 4, 12)))]
        world.messages += _messages(random, one, now)
        world.warnings += _warnings(random, one, now)
        world.answers += _answers(random, one, now)
        world.complaints += _complaints(random, one, now)
        world.consents += _consents(random, one, now)
        if random.random() < 0.7:
            world.assessments[one] = _assessment(random)
        if random.random() < 0.7:
            until = now + random.choice((1, 1, -1)) * timedelta(days=random.choice(DAYS)) + random.choice(EDGES)
            world.tiers[one] = {"tier": random.choice(words("tier")), "valid_until": _maybe(random, until)}
        world.owners += _owners(random, one)
        if random.random() < 0.6:
            until = now + random.choice((1, -1)) * timedelta(days=random.choice(DAYS)) + random.choice(EDGES)
            world.pauses[one] = {"until": _maybe(random, until), "said_at": at_edges(random, now)}
    world.bounds = list(BOUNDS)
    world.parents = {"green-tea": "tea"}
    world.lists = {name: {one for one in ids if random.random() < 0.4} for name in LISTS}
    return world


def _maybe(random: Random, value: Any) -> Any:
    return value if random.random() < 0.7 else None


def _record(random: Random, now: datetime) -> Fact:
    known = {one.field.split(".")[1]: words(one.field, one.values) for one in _codes("customer.")}
    touch = {one.field.split(".")[1]: words(one.field) for one in _codes("first_touch.")}
    own = {name: random.choice(some) for name, some in known.items()}
    for name in own.keys() - {"kind", "locale", "time_zone", "source"}:
        own[name] = _maybe(random, own[name])
    return own | {
        "registered_at": at_edges(random, now),
        "birthday": _maybe(random, {"calendar": "solar", "month": random.choice((1, 2, 10)), "day": 1, "leap": False}),
        "influence": {"standing": random.choice((0, 1, 2)), "followers": random.choice((0, 10, 25))},
        "tags": random.sample(WORDS["customer.tags"], random.randrange(3)),
        "interests": random.sample(words("customer.interests"), random.randrange(3)),
        "lifestyle": random.sample(words("customer.lifestyle"), random.randrange(3)),
        "contact_hours": random.sample(words("customer.contact_hours"), random.randrange(3)),
        "household_id": _maybe(random, OWNERS[0]),
        "attributes": _attributes(random, now),
        "budget": _maybe(random, random.choice((0, 1, 10))),
        "renewal_at": _maybe(random, (now + timedelta(days=random.choice((-1, 1, 20)))).date()),
        "channels": random.sample(WORDS["customer.channels"], random.randrange(3)),
        "first_touch": _maybe(random, {name: random.choice(some) for name, some in touch.items()}),
        "last_touch": _maybe(random, {name: random.choice(words(f"last_touch.{name}")) for name in touch}),
    }


def _attributes(random: Random, now: datetime) -> Fact:
    days = (now.date() + timedelta(days=random.choice((-30, -1, 1, 30)))).isoformat()
    some = {"size": random.choice("sml"), "cups": random.choice(NUMBERS), "asks": random.random() < 0.5, "since": days}
    return {key: value for key, value in some.items() if random.random() < 0.7}


def _owners(random: Random, who: UUID) -> list[Fact]:
    names = ("manager_id", "team_id", "territory_id")
    roles = [role for role in ROLES if random.random() < 0.5]
    return [
        {"customer_id": who, "role": role} | {name: _maybe(random, random.choice(OWNERS)) for name in names}
        for role in roles
    ]


def _codes(prefix: str) -> list[FieldOut]:
    return [one for one in VOCABULARY if one.field.startswith(prefix) and one.type == "code"]


def _order(random: Random, who: UUID, now: datetime, number: int) -> Fact:
    status = random.choice(("placed", "paid", "shipped", "delivered", "delivered", "cancelled"))
    lines = [_line(random) for _ in range(random.randrange(3))]
    return {
        "order_id": derived_id("order", str(who), str(number)),
        "customer_id": who,
        "at": at_edges(random, now),
        "status": status,
        "test": random.random() < 0.1,
        "channel": _maybe(random, random.choice(WORDS["channel"])),
        "store_id": _maybe(random, random.choice(WORDS["store_id"])),
        "source": random.choice(WORDS["source"]),
        "coupon_codes": random.sample(WORDS["coupon_code"], random.randrange(3)),
        "net": Decimal(random.choice((0, 1, 10, 25))) + Decimal("0.5"),
        "lines": lines,
    }


def _line(random: Random) -> Fact:
    quantity = random.choice((1, 2))
    words_of = {name: _maybe(random, random.choice(WORDS[name])) for name in ("category", "sku", "brand")}
    amounts = {"quantity": quantity, "refunded_quantity": random.randrange(quantity + 1)}
    return (
        words_of
        | {name: Decimal(value) for name, value in amounts.items()}
        | {"net": Decimal(random.choice((0, 5, 10))), "discount": Decimal(random.choice((0, 0, 0, 1)))}
    )


def _event(random: Random, who: UUID, now: datetime) -> Fact:
    measures = [one.field.split(".")[1] for one in VOCABULARY if one.field.startswith("behaviour.")]
    said = {name: _maybe(random, random.choice(WORDS[name])) for name in ("category", "sku")}
    return {"customer_id": who, "at": at_edges(random, now), "measure": _maybe(random, random.choice(measures))} | said


def _messages(random: Random, who: UUID, now: datetime) -> list[Fact]:
    found = []
    for number in range(random.randrange(3)):
        same: Fact = {name: random.choice(WORDS[name]) for name in ("channel", "purpose", "template")}
        same |= {"customer_id": who, "message_id": derived_id("message", str(who), str(number))}
        reached = ("sent", "read", "clicked", "bounced")[: random.randrange(1, 5)]
        found += [same | {"status": status, "at": at_edges(random, now)} for status in reached]
    return found


def _warnings(random: Random, who: UUID, now: datetime) -> list[Fact]:
    found = []
    for number in range(random.randrange(3)):
        same = {"customer_id": who, "warning_id": derived_id("warning", str(who), str(number))}
        steps = ("raised", "closed")[: random.randrange(1, 3)]
        found += [same | {"step": step, "at": at_edges(random, now)} for step in steps]
    return found


def _answers(random: Random, who: UUID, now: datetime) -> list[Fact]:
    return [
        {"customer_id": who, "response_id": derived_id("response", str(who), str(number)), "at": at_edges(random, now)}
        | {"trigger": random.choice(WORDS["trigger"])}
        | {name: _maybe(random, random.choice((0, 1, 2))) for name in ("nps", "csat")}
        for number in range(random.randrange(4))
    ]


def _complaints(random: Random, who: UUID, now: datetime) -> list[Fact]:
    return [
        {
            "customer_id": who,
            "complaint_id": derived_id("complaint", str(who), str(number)),
            "at": at_edges(random, now),
        }
        | {"resolved_at": _maybe(random, now), "closed_at": _maybe(random, now)}
        for number in range(random.randrange(3))
    ]


def _consents(random: Random, who: UUID, now: datetime) -> list[Fact]:
    cells = [(purpose, channel) for purpose in PURPOSES for channel in CHANNELS if random.random() < 0.4]
    return [
        {"customer_id": who, "purpose": purpose, "channel": channel, "state": random.choice(("granted", "withdrawn"))}
        | {"effective_at": now - timedelta(days=random.choice(DAYS))}
        for purpose, channel in cells
    ]


def _assessment(random: Random) -> Fact:
    numbers = {f"rfm_{name}": random.choice((1, 2, 5)) for name in "rfm"}
    numbers |= {
        name: _maybe(random, Decimal(random.choice((0, 1, 10))))
        for name in ("composite", "clv_12m", "expected_orders_90d", "churn_probability")
    }
    codes = {one.field.split(".")[1]: _maybe(random, random.choice(words(one.field))) for one in _codes("score.")}
    levels = {one.field.split(".")[1]: random.choice(words("", one.values)) for one in _codes("dimension.")}
    criteria = {
        name: random.choice((0, 0.5, 1)) for name in random.sample(("revenue", "loyalty", "influence", "growth"), 3)
    }
    return numbers | codes | {"rfm_class": words("rfm.class")[0], "dimensions": levels, "criteria": criteria}


def store(session: Session, world: World, now: datetime) -> None:
    """Put a world into the tables of profile."""
    stamped = {"valid_from": now, "pinned": False, "cause": "rule", "version": 1}
    blank = records.empty("zh-CN", "Asia/Shanghai")
    stamps = {
        "created_at": now,
        "occurred_at": now,
        "recorded_at": now,
        "version": 1,
        "status": "active",
    }
    put(session, ConsentPurpose, [_purpose(*one) for one in world.purposes.items()], on_conflict=REPLACE)
    put(session, ProductCategory, [_category(*one, now) for one in world.parents.items()])
    put(session, CustomerRef, [_ref(*one) for one in world.canonical.items()])
    put(session, LinkChange, [_link(one, at) for one, at in world.linked_at.items()])
    people = enumerate(world.records.items())
    put(
        session,
        Customer,
        [
            _flags(Customer) | blank | _columns(one) | stamps | {"customer_id": who, "number": f"C-2026-{at:06}"}
            for at, (who, one) in people
        ],
    )
    put(session, CustomerOrder, [_order_row(one, now) for one in world.orders])
    put(session, BehaviourEvent, [_event_row(at, one, now) for at, one in enumerate(world.events)])
    put(session, MessageStep, [{**one, "version": 1} for one in world.messages])
    put(session, SurveyAnswer, [_answer_row(one) for one in world.answers])
    put(session, WarningStep, [{**one, "values": {}} for one in world.warnings])
    put(session, ComplaintCase, [_complaint_row(one) for one in world.complaints])
    put(session, Consent, [_consent_row(one, now) for one in world.consents])
    put(session, Assessment, [{**one, "customer_id": who, "version": 1} for who, one in world.assessments.items()])
    put(session, CustomerOwner, [{**one, **stamped} for one in world.owners])
    put(session, Pause, [{**one, "customer_id": who} for who, one in world.pauses.items()])
    put(session, Tier, [{**one, "customer_id": who, "version": 1} for who, one in world.tiers.items()])
    listed = [(UUID(name), who) for name, some in world.lists.items() for who in some]
    put(session, SegmentListing, [{"segment_id": name, "customer_id": who, "listed_at": now} for name, who in listed])


def _complaint_row(complaint: Fact) -> Fact:
    same = {"number": str(complaint["complaint_id"]), "status": "new", "severity": 2, "category": "delivery"}
    same |= {"channel": "phone", "order_id": None, "reopen_count": 0, "breached": [], "version": 1}
    return same | {"opened_at": complaint["at"]} | {name: complaint[name] for name in complaint if name != "at"}


def _flags(table: type[Base]) -> Fact:
    """What is false unless somebody says otherwise."""
    return {column.name: False for column in table.__table__.columns if isinstance(column.type, Boolean)}


def _columns(record: Fact) -> Fact:
    told = {name: {"value": value} for name, value in record.items() if name in FACTS and value is not None}
    return {name: value for name, value in record.items() if name in Customer.__table__.columns} | {"facts": told}


def _purpose(purpose: str, purpose_class: str) -> Fact:
    return {"purpose": purpose, "purpose_class": purpose_class, "titles": {}}


def _category(code: str, parent: str, now: datetime) -> Fact:
    stamps = {"created_at": now, "updated_at": now, "archived_at": None, "version": 1}
    return {"category_id": derived_id("category", code), "code": code, "parent": parent, "titles": {}} | stamps


def _ref(one: UUID, root: UUID) -> Fact:
    return {"customer_id": one, "canonical_id": root, "version": 1, "erased_at": None}


def _link(one: UUID, at: datetime) -> Fact:
    return {"customer_id": one, "merge_id": one, "cause": "staff", "occurred_at": at, "recorded_at": at}


def _answer_row(one: Fact) -> Fact:
    return one | {"survey_id": one["response_id"], "ratings": {}, "order_id": None, "version": 1}


def _consent_row(one: Fact, now: datetime) -> Fact:
    entry = derived_id("entry", str(one["customer_id"]), one["purpose"], one["channel"])
    return one | {"source": "shop", "entry_id": entry, "version": 1, "recorded_at": now}


def _event_row(at: int, one: Fact, now: datetime) -> Fact:
    same = {name: one[name] for name in ("customer_id", "measure", "category", "sku")}
    stamps = {"occurred_at": one["at"], "day": one["at"].astimezone(SHANGHAI).date(), "recorded_at": now}
    return same | stamps | {"source": "shop", "message_id": str(at), "name": "x", "properties": None, "origin": "live"}


def _order_row(one: Fact, now: datetime) -> Fact:
    same = {name: one[name] for name in ("order_id", "customer_id", "status", "test", "channel", "store_id", "source")}
    empty = dict.fromkeys(("paid_at", "shipped_at", "delivered_at", "cancelled_at"))
    stamps = {"shop_updated_at": now, "received_at": now, "created_at": now, "recorded_at": now}
    amounts = {"base_total": one["net"], "base_net": one["net"], "rate": Decimal(1), "currency": "CNY"}
    told = {"document": {"coupon_codes": one["coupon_codes"]}, "additions": [], "lines": one["lines"]}
    rank = {"order_version": 1, "body_hash": b"", "origin": "live", "version": 1, "placed_at": one["at"]}
    return (
        _flags(CustomerOrder) | same | empty | stamps | amounts | told | rank | {"shop_order_id": str(one["order_id"])}
    )


def leaf_of(random: Random, one: FieldOut, op: str, now: datetime) -> Rule:
    """A question of a field by an operator, over some time and facts where that can be asked."""
    name = one.field.replace("<name>", random.choice(sorted(PURPOSES)))
    leaf: dict[str, Any] = {"field": name, "op": op}
    if op != "is_known":
        leaf["value"] = _value(random, one, op, words(one.field, one.values), now)
    if one.window and random.random() < 0.6:
        fixed = [{"from": "2026-11-23"}, {"to": "2026-11-24"}, {"from": "2026-10-26", "to": "2026-11-25"}]
        leaf["window"] = random.choice(
            [*fixed, *({"days": days} for days in DAYS), *({"hours": hours} for hours in HOURS)]
        )
    if one.where and random.random() < 0.5:
        most = 1 if one.field.startswith("consent") else 2
        leaf["where"] = [_condition(random, one, now) for _ in range(random.randint(1, most))]
    return leaf


def _condition(random: Random, one: FieldOut, now: datetime) -> Rule:
    asked = random.choice(one.where)
    op = random.choice(asked.operators)
    known = CHANNELS if one.field.startswith("consent") else words(asked.name, asked.values)
    entry: dict[str, Any] = {"field": asked.name, "op": op}
    return entry if op == "is_known" else entry | {"value": _value(random, asked, op, known, now)}


def _value(random: Random, one: FieldOut | ConditionOut, op: str, known: Sequence[str], now: datetime) -> Any:
    """What an operator may compare a field with."""
    name, kind = one.field if isinstance(one, FieldOut) else one.name, one.type
    if kind == "number":
        some = SHARES if name.startswith("criteria.") else NUMBERS
        return sorted(random.choices(some, k=2)) if op == "between" else random.choice(some)
    if kind == "bool":
        return random.random() < 0.5
    if kind == "time":
        sign = random.choice((1, -1)) if name in AHEAD else -1
        edge = now + sign * timedelta(days=random.choice(DAYS)) + random.choice(EDGES)
        return {"days": random.choice(DAYS)} if op.startswith("within") else edge.isoformat()
    known = LISTS if name == "segment" else known
    return random.choice(known) if op == "is" else random.sample(known, random.randint(1, 2))


def rules(now: datetime) -> st.SearchStrategy[Rule]:
    """Any rule within the limits."""
    pairs = [(one, op) for one in VOCABULARY if one.available for op in one.operators]
    leaf = st.builds(
        lambda pair, seed: leaf_of(Random(seed), *pairs[pair], now),
        st.integers(0, len(pairs) - 1),
        st.integers(0, 10**6),
    )
    return st.recursive(leaf, _groups, max_leaves=6)


def _groups(inner: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        some.map(lambda of: {"all": of}), some.map(lambda of: {"any": of}), inner.map(lambda of: {"not": of})
    )
