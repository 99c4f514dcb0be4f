"""Made-up facts of a few people, of every kind and in several versions, as their owners would publish them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scoring.worker import HANDLERS
from shared.contracts import engagement, profile
from shared.contracts.base import Event
from shared.ids import derived_id
from tests.scoring.events import PEOPLE, link

FIRST = datetime(2025, 10, 1, tzinfo=UTC)
SKUS = ["tea", "cup", "pot", "spoon"]
CHANNELS = ["email", "sms", "phone"]
Fields = dict[str, Any]


def apply(session: Session, events: Sequence[Event], now: datetime, *, batch: int = 7) -> None:
    """Give events to scoring in this order, a few at a time."""
    for start in range(0, len(events), batch):
        some = events[start : start + batch]
        for route in HANDLERS.routes.values():
            of_type = [event for event in some if type(event) is route.event]
            for use_case in route.use_cases if of_type else ():
                use_case(session, of_type, now)


def world(random: Random, size: int = 200, *, subjects: int = 12, kinds: Sequence[type[Event]] = ()) -> list[Event]:
    """`size` facts, some of them later versions of others, with the links and costs they meet.

    `subjects` is how many of a kind there may be; `kinds` are those wanted, by default all.
    """
    told: list[Event] = [*_products(random), *_unit_costs(random), *_links(random)]
    for number in range(size):
        event = random.choice(kinds or list(KINDS))
        subject = random.randrange(subjects)
        who = PEOPLE[subject % len(PEOPLE)]
        fields = KINDS[event](random, derived_id(event.type, str(subject)))
        told.append(event.model_validate(_head(who, number + 1, _instant(random)) | _origin(random) | fields))
    return told


def _head(who: UUID | None, version: int, at: datetime) -> Fields:
    named = {} if who is None else {"customer_id": who}
    return named | {"version": version, "occurred_at": at, "recorded_at": at}


def _origin(random: Random) -> Fields:
    return {"origin": random.choice(("live", "import", "republish"))}


def _instant(random: Random) -> datetime:
    return FIRST + timedelta(minutes=random.randrange(400 * 24 * 60))


def _maybe(random: Random, value: Any) -> Any:
    return value if random.random() < 0.6 else None


def _money(random: Random, most: int = 200) -> Decimal:
    return Decimal(random.randrange(most * 100)) / 100


def _order(random: Random, subject: UUID) -> Fields:
    lines = [_line(random, str(at)) for at in range(random.randrange(4))]
    discount = random.choice((Decimal(0), Decimal(5), Decimal("0.5")))
    subtotal = sum((Decimal(line["net"]) for line in lines), Decimal(0))
    total = max(subtotal - discount, Decimal(0))
    refunded = random.choice((Decimal(0), Decimal(0), total, total / 2))
    zero = dict.fromkeys(("shipping", "tax", "paid", "net"), Decimal(0))
    return {
        "order_id": subject,
        "source": "shop",
        "shop_order_id": str(subject),
        "status": random.choice(("placed", "paid", "shipped", "delivered", "delivered", "cancelled", "refunded")),
        "test": random.random() < 0.1,
        "placed_at": _instant(random),
        "channel": _maybe(random, random.choice(("web", "store"))),
        "store_id": _maybe(random, random.choice(("s1", "s2"))),
        "currency": "CNY",
        "rate": 1,
        "totals": {
            "subtotal": subtotal,
            "discount": discount,
            "total": total,
            "refunded": refunded.quantize(Decimal("0.01")),
        }
        | zero,
        "lines": lines,
        "returns": [{"return_id": "1", "kind": random.choice(("return", "exchange"))}] * random.randrange(2),
        "coupon_codes": ["TEN"] * random.randrange(2),
    }


def _line(random: Random, name: str) -> Fields:
    quantity = random.randrange(1, 4)
    return {
        "line_id": name,
        "sku": _maybe(random, random.choice(SKUS)),
        "category": _maybe(random, random.choice(("tea", "ware"))),
        "brand": _maybe(random, random.choice(("A", "B", "C"))),
        "quantity": quantity,
        "unit_price": _money(random),
        "unit_cost": _maybe(random, _money(random, 50)),
        "discount": 0,
        "net": _money(random),
        "refunded_quantity": random.randrange(2),
        "returned_quantity": random.randrange(2),
    }


def _activity(random: Random, subject: UUID) -> Fields:
    counts = {name: random.randrange(3) for name in profile.ActivityCounts.model_fields}
    day = FIRST.date() + timedelta(days=subject.int % 60)
    return {"day": day, "counts": counts, "last_at": _instant(random)}


def _consent(random: Random, subject: UUID) -> Fields:
    return {
        "purpose": random.choice(("marketing", "marketing", "service")),
        "channel": random.choice(CHANNELS),
        "state": random.choice(("granted", "withdrawn")),
        "source": "checkout",
        "effective_at": FIRST + timedelta(days=random.randrange(5)),
    }


def _message(random: Random, subject: UUID) -> Fields:
    statuses = ("sent", "delivered", "read", "clicked", "bounced", "failed")
    fixed = {"purpose": "marketing", "template": "hello"}
    return {"message_id": subject, "channel": random.choice(CHANNELS), "status": random.choice(statuses)} | fixed


def _interaction(random: Random, subject: UUID) -> Fields:
    return {
        "interaction_id": subject,
        "channel": "phone",
        "direction": random.choice(("in", "out")),
        "purpose": "help",
        "started_at": _instant(random),
        "seconds": _maybe(random, random.randrange(900)),
    }


def _request(random: Random, subject: UUID) -> Fields:
    return {
        "request_id": subject,
        "number": "R-1",
        "kind": "help",
        "status": "open",
        "opened_at": _instant(random),
        "resolved_at": _maybe(random, _instant(random)),
        "breached": ["first_response"] * random.randrange(2),
    }


def _complaint(random: Random, subject: UUID) -> Fields:
    return {
        "complaint_id": subject,
        "number": "C-1",
        "status": "open",
        "severity": random.randrange(1, 5),
        "category": "delivery",
        "channel": "phone",
        "opened_at": _instant(random),
        "resolved_at": _maybe(random, _instant(random)),
        "closed_at": _maybe(random, _instant(random)),
        "reopen_count": random.randrange(2),
        "breached": ["resolution"] * random.randrange(2),
        "compensation": 0,
    }


def _survey(random: Random, subject: UUID) -> Fields:
    ratings = {aspect: random.randrange(1, 6) for aspect in ("quality", "delivery") if random.random() < 0.5}
    answered_at = FIRST + timedelta(days=random.randrange(4))  # also two at one instant
    fixed = {"response_id": subject, "survey_id": PEOPLE[0], "trigger": "delivered", "answered_at": answered_at}
    nps, csat = _maybe(random, random.randrange(11)), _maybe(random, random.randrange(1, 6))
    return fixed | {"nps": nps, "csat": csat, "ratings": ratings}


def _one_of(identity: str, statuses: str, **more: Callable[[Random], Any]) -> Callable[[Random, UUID], Fields]:
    """Facts that are a status and little else."""

    def fields(random: Random, subject: UUID) -> Fields:
        found = {"status": random.choice(statuses.split())} if statuses else {}
        return {identity: subject} | found | {name: make(random) for name, make in more.items()}

    return fields


KINDS: dict[type[Event], Callable[[Random, UUID], Fields]] = {
    profile.OrderRecorded: _order,
    profile.ActivitySummarised: _activity,
    profile.ConsentRecorded: _consent,
    engagement.MessageRecorded: _message,
    engagement.InteractionRecorded: _interaction,
    engagement.RequestRecorded: _request,
    engagement.ComplaintRecorded: _complaint,
    engagement.SurveyAnswered: _survey,
    engagement.TaskRecorded: _one_of(
        "task_id", "open done no_answer cancelled", kind=lambda _: "call", due_at=_instant
    ),
    engagement.ReviewRecorded: _one_of(
        "review_id",
        "pending published hidden rejected",
        sku=lambda random: random.choice(SKUS),
        rating=lambda random: random.randrange(1, 6),
        verified=lambda _: True,
    ),
    engagement.FeedbackRecorded: _one_of(
        "feedback_id", "", source=lambda _: "call", tone=lambda random: random.randrange(-4, 5) / 4
    ),
    engagement.ReferralRecorded: _one_of("referral_id", "invited registered qualified rewarded rejected"),
    engagement.ParticipationRecorded: _one_of(
        "participation_id",
        "registered attended no_show completed published cancelled",
        kind=lambda _: "course",
        item_id=lambda _: PEOPLE[0],
    ),
    engagement.OpportunityRecorded: _one_of(
        "opportunity_id",
        "",
        stage=lambda _: "offer",
        expected_value=_money,
        probability=lambda random: random.randrange(11) / 10,
        result=lambda random: random.choice((None, "won", "lost")),
    ),
    engagement.NeedRecorded: _one_of(
        "need_id",
        "open proposed accepted met declined",
        topic=lambda _: "gift",
        kind=lambda _: "stated",
        confidence=lambda _: 1,
        importance=lambda _: 3,
        urgency=lambda _: 3,
    ),
    engagement.BenefitRecorded: _one_of(
        "entitlement_id",
        "granted used ended",
        benefit=lambda _: "tasting",
        cause=lambda _: "tier",
        quantity=lambda _: 3,
        used=lambda random: random.randrange(3),
        cost=lambda random: _maybe(random, _money(random)),
    ),
    engagement.PointsChanged: _one_of(
        "points",
        "",
        available=lambda random: random.randrange(100),
        pending=lambda _: 0,
        deficit=lambda _: 0,
        earned_12m=lambda random: random.randrange(100),
        entry=lambda _: {"entry_id": PEOPLE[0], "kind": "earned", "points": 1},
    ),
}


def _products(random: Random) -> list[Event]:
    fixed = {"titles": {"en": "Something"}, "category": "tea", "price": 10}
    costs = [(sku, version, _maybe(random, _money(random, 20))) for sku in SKUS[:3] for version in (1, 2)]
    return [
        profile.ProductRecorded.model_validate(_head(None, version, FIRST) | fixed | {"sku": sku, "unit_cost": cost})
        for sku, version, cost in costs
    ]


def _unit_costs(random: Random) -> list[Event]:
    lists = [
        {"effective_at": FIRST + timedelta(days=days), "costs": {"staff_minute": cost, "message/email": cost / 100}}
        for days, cost in ((100, Decimal("0.9")), (250, Decimal("1.2")))
    ]
    return [
        engagement.UnitCostsPublished.model_validate(_head(None, 1, FIRST) | one)
        for one in random.sample(lists, random.randrange(3))
    ]


def _links(random: Random) -> list[Event]:
    """Some follow the first of the people; one of them may have been let go again."""
    linked = [link(one, PEOPLE[0], 1) for one in PEOPLE[1:] if random.random() < 0.5]
    undone = [link(one.customer_id, one.customer_id, 2) for one in linked[:1] if random.random() < 0.5]
    return [*linked, *undone]
