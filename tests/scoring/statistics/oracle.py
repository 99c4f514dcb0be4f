"""The statistics of one person in plain Python, from the events and by definition: no SQL, no code of the service."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from statistics import mean, stdev
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.contracts import engagement, profile
from shared.contracts.base import Event

Row = dict[str, Any]
E = TypeVar("E", bound=Event)
ZERO = Decimal(0)
HEARD_BY = (
    *(profile.ActivitySummarised, profile.ConsentRecorded, engagement.InteractionRecorded, engagement.RequestRecorded),
    *(engagement.ComplaintRecorded, engagement.SurveyAnswered, engagement.ReviewRecorded, engagement.FeedbackRecorded),
)


class World:
    """The newest standing of everything, and who counts as whom."""

    def __init__(self, events: Iterable[Event], periods: Sequence[tuple[date, date]] = ()) -> None:
        self.periods = periods
        self._newest: dict[str, Event] = {}
        self._heard: list[Event] = []
        for event in sorted(events, key=lambda one: one.version):
            self._newest[event.subject] = event
            if isinstance(event, HEARD_BY) and event.origin == "live":
                self._heard.append(event)
        links = self.all(profile.CustomerLinked)
        self._canonical = {link.customer_id: link.canonical_id for link in links}
        self.costs = {one.sku: one.unit_cost for one in self.all(profile.ProductRecorded)}
        self.lists = sorted(self.all(engagement.UnitCostsPublished), key=lambda one: one.effective_at)

    def all(self, kind: type[E]) -> list[E]:
        return [event for event in self._newest.values() if isinstance(event, kind)]

    def canonical(self, customer_id: UUID) -> UUID:
        return self._canonical.get(customer_id, customer_id)

    def of(self, kind: type[E], person: UUID) -> list[E]:
        return [event for event in self.all(kind) if self.canonical(event.customer_id) == person]  # type: ignore[attr-defined]

    def heard(self, person: UUID) -> list[datetime]:
        """When the person did or said something, by whatever version told so."""
        return [one.occurred_at for one in self._heard if self.canonical(one.customer_id) == person]  # type: ignore[attr-defined]

    def unit_cost(self, name: str, at: datetime) -> Decimal | None:
        """By the newest list in force at an instant, or the first one ever."""
        before = [one for one in self.lists if one.effective_at <= at] or self.lists[:1]
        return before[-1].costs.get(name) if before else None


def expected(world: World, person: UUID, zone: ZoneInfo) -> Row:
    """Every column of the statistics of a canonical customer."""
    parts = (_orders, _rhythm, _lines, _visits, _contacts, _care, _opinions, _loyalty)
    return {name: value for part in parts for name, value in part(world, person, zone).items()}


def _counted(world: World, person: UUID) -> list[profile.OrderRecorded]:
    return [
        one
        for one in world.of(profile.OrderRecorded, person)
        if not one.test and one.status in {"paid", "shipped", "delivered"}
        if not (one.totals.refunded > 0 and one.totals.refunded >= one.totals.total)
    ]


def _net(order: profile.OrderRecorded) -> Decimal:
    return order.totals.total - order.totals.refunded


def _quantile(values: Sequence[Decimal | int], share: float) -> float | None:
    """Between two neighbours in proportion."""
    if not values:
        return None
    ranked = sorted(map(float, values))
    place = share * (len(ranked) - 1)
    below = int(place)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (place - below)


def _share(part: Any, whole: Any) -> float | None:
    return float(part) / float(whole) if whole else None


def _or_none(function: Callable[[Any], Any], values: Sequence[Any], least: int = 1) -> float | None:
    return float(function(values)) if len(values) >= least else None


def _orders(world: World, person: UUID, zone: ZoneInfo) -> Row:
    told = [one for one in world.of(profile.OrderRecorded, person) if not one.test]
    orders = _counted(world, person)
    nets, placed = [_net(one) for one in orders], [one.placed_at for one in orders]
    days = [at.astimezone(zone).date() for at in placed]
    promoted = [one for one in orders if one.totals.discount > 0 or one.coupon_codes]
    in_promotion = [
        one
        for one, day in zip(orders, days, strict=True)
        if one in promoted or any(first <= day <= last for first, last in world.periods)
    ]
    units = sum((line.quantity for one in orders for line in one.lines), ZERO)
    lines = sum(len(one.lines) for one in orders)
    full_price = sum((_net(one) for one in orders if one not in promoted), ZERO)
    return {
        "orders": len(orders),
        "cancelled_orders": sum(one.status == "cancelled" for one in told),
        "refunded_orders": sum(one.status == "refunded" for one in told),
        "first_order_at": min(placed, default=None),
        "last_order_at": max(placed, default=None),
        "first_order_on": min(days, default=None),
        "last_order_on": max(days, default=None),
        "net_spend": sum(nets, ZERO),
        "refunded": sum((one.totals.refunded for one in told), ZERO),
        "average_order_value": _or_none(mean, nets),
        "median_order_value": _quantile(nets, 0.5),
        "order_value_p90": _quantile(nets, 0.9),
        "order_value_sd": _or_none(stdev, nets, 2),
        "discount": sum((one.totals.discount for one in orders), ZERO),
        "discount_share": _share(
            sum(one.totals.discount for one in orders), sum(one.totals.subtotal for one in orders)
        ),
        "coupon_orders": sum(bool(one.coupon_codes) for one in orders),
        "promotion_share": _share(len(in_promotion), len(orders)),
        "full_price_share": _share(full_price, sum(nets)),
        "units": units,
        "lines": lines,
        "units_per_order": _share(units, len(orders)),
        "lines_per_order": _share(lines, len(orders)),
        "returns": sum(back.kind == "return" for one in told for back in one.returns),
        "returned_units": sum((line.returned_quantity for one in told for line in one.lines), ZERO),
        "channels": len({one.channel for one in orders} - {None}),
        "stores": len({one.store_id for one in orders} - {None}),
        "fact_at": max((one.occurred_at for one in told), default=None),
        "live_fact_at": max(
            [*(one.occurred_at for one in told if one.origin == "live"), *world.heard(person)], default=None
        ),
    }


def _rhythm(world: World, person: UUID, zone: ZoneInfo) -> Row:
    local = [one.placed_at.astimezone(zone) for one in _counted(world, person)]
    days: list[date] = sorted({at.date() for at in local})
    gaps = [(after - before).days for before, after in pairwise(days)]
    return {
        "order_days": len(days),
        "active_months": len({(day.year, day.month) for day in days}),
        "gap_mean": _or_none(mean, gaps),
        "gap_median": _quantile(gaps, 0.5),
        "gap_sd": _or_none(stdev, gaps, 2),
        "week_hours": {str(hour): n for hour, n in Counter(at.weekday() * 24 + at.hour for at in local).items()},
    }


def _lines(world: World, person: UUID, zone: ZoneInfo) -> Row:
    lines = [line for one in _counted(world, person) for line in one.lines]
    costed = [
        (line, line.unit_cost if line.unit_cost is not None else world.costs.get(line.sku or "")) for line in lines
    ]
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.brand is not None:
            spent[line.brand] += line.net
    total = sum(spent.values())
    return {
        "costed_sales": sum((line.net for line, cost in costed if cost is not None), ZERO),
        "margin": sum(
            (line.net - cost * (line.quantity - line.refunded_quantity) for line, cost in costed if cost is not None),
            ZERO,
        ),
        "categories": len({line.category for line in lines} - {None}),
        "main_category": _main(lines),
        "brands": len(spent),
        "brand_concentration": _share(sum(one * one for one in spent.values()), total * total),
    }


def _main(lines: Sequence[Any]) -> str | None:
    """By lines, then by spend, then by name."""
    spent: dict[str, list[Decimal]] = defaultdict(list)
    for line in lines:
        if line.category is not None:
            spent[line.category].append(line.net)
    return min(spent, key=lambda one: (-len(spent[one]), -sum(spent[one]), one), default=None)


def _visits(world: World, person: UUID, zone: ZoneInfo) -> Row:
    days = world.of(profile.ActivitySummarised, person)
    names = {"views": "view", "searches": "search", "carts": "cart_add", "checkouts": "checkout"}
    names |= {"enquiries": "enquiry", "logins": "login"}
    return {name: sum(getattr(one.counts, count) for one in days) for name, count in names.items()} | {
        "visits": len({one.day for one in days}),
        "last_visit_at": max((one.last_at for one in days), default=None),
    }


def _contacts(world: World, person: UUID, zone: ZoneInfo) -> Row:
    messages = world.of(engagement.MessageRecorded, person)
    calls = world.of(engagement.InteractionRecorded, person)
    done = [one for one in world.of(engagement.TaskRecorded, person) if one.status == "done"]
    arrived = [one.occurred_at for one in messages if one.status not in {"bounced", "failed"}]
    contacts = [*arrived, *[one.started_at for one in calls], *[one.occurred_at for one in done]]
    return {
        "messages": len(messages),
        "messages_read": sum(one.status in {"read", "clicked"} for one in messages),
        "messages_clicked": sum(one.status == "clicked" for one in messages),
        "messages_failed": sum(one.status in {"bounced", "failed"} for one in messages),
        "interactions_in": sum(one.direction == "in" for one in calls),
        "interactions_out": sum(one.direction == "out" for one in calls),
        "agent_seconds": sum(one.seconds or 0 for one in calls),
        "tasks_done": len(done),
        "last_contact_at": max(contacts, default=None),
        "cost_to_serve": _cost_to_serve(world, messages, calls),
        "optouts": _optouts(world.of(profile.ConsentRecorded, person)),
    }


def _cost_to_serve(world: World, messages: Sequence[Any], calls: Sequence[Any]) -> Decimal | None:
    if (messages or calls) and not world.lists:
        return None
    written = [
        world.unit_cost(f"message/{one.channel}", one.occurred_at) or ZERO for one in messages if one.status != "failed"
    ]
    spoken = [(world.unit_cost("staff_minute", one.started_at) or ZERO) * (one.seconds or 0) / 60 for one in calls]
    return sum(written, ZERO) + sum(spoken, ZERO)


def _optouts(consents: Sequence[profile.ConsentRecorded]) -> int:
    said: dict[str, tuple[datetime, bool]] = {}
    for one in consents:
        if one.purpose == "marketing":
            word = one.effective_at, one.state == "withdrawn"
            said[one.channel] = max(said.get(one.channel, word), word)
    return sum(withdrawn for _, withdrawn in said.values())


def _care(world: World, person: UUID, zone: ZoneInfo) -> Row:
    requests = world.of(engagement.RequestRecorded, person)
    complaints = world.of(engagement.ComplaintRecorded, person)
    unsettled = [one for one in complaints if one.resolved_at is None and one.closed_at is None]
    return {
        "requests": len(requests),
        "open_requests": sum(one.resolved_at is None for one in requests),
        "breached_requests": sum(bool(one.breached) for one in requests),
        "complaints": len(complaints),
        "open_complaints": len(unsettled),
        "severe_open_complaints": sum(one.severity <= 2 for one in unsettled),
        "reopened_complaints": sum(one.reopen_count > 0 for one in complaints),
        "breached_complaints": sum(bool(one.breached) for one in complaints),
    }


def _opinions(world: World, person: UUID, zone: ZoneInfo) -> Row:
    answers = world.of(engagement.SurveyAnswered, person)
    latest_first = sorted(answers, key=lambda one: (-one.answered_at.timestamp(), one.response_id))
    stars = [one.rating for one in world.of(engagement.ReviewRecorded, person) if one.status != "rejected"]
    tones = [one.tone for one in world.of(engagement.FeedbackRecorded, person)]
    ratings: dict[str, dict[str, int]] = {}
    for aspect, given in ((aspect, given) for one in answers for aspect, given in one.ratings.items()):
        before = ratings.get(aspect, {"count": 0, "sum": 0})
        ratings[aspect] = {"count": before["count"] + 1, "sum": before["sum"] + given}
    return {
        "surveys": len(answers),
        "latest_nps": next((one.nps for one in latest_first if one.nps is not None), None),
        "latest_csat": next((one.csat for one in latest_first if one.csat is not None), None),
        "ratings": ratings,
        "reviews": len(stars),
        "review_rating": _or_none(mean, stars),
        "feedbacks": len(tones),
        "feedback_tone": _or_none(mean, tones),
    }


def _loyalty(world: World, person: UUID, zone: ZoneInfo) -> Row:
    referrals = world.of(engagement.ReferralRecorded, person)
    parts = world.of(engagement.ParticipationRecorded, person)
    accounts = world.of(engagement.PointsChanged, person)
    benefits = world.of(engagement.BenefitRecorded, person)
    chances = [one for one in world.of(engagement.OpportunityRecorded, person) if one.result is None]
    needs = world.of(engagement.NeedRecorded, person)
    return {
        "referrals": len(referrals),
        "qualified_referrals": sum(one.status in {"qualified", "rewarded"} for one in referrals),
        "participations": sum(one.status in {"attended", "completed", "published"} for one in parts),
        "points_available": sum(one.available for one in accounts),
        "points_earned_12m": sum(one.earned_12m for one in accounts),
        "benefits_used": sum(one.used for one in benefits),
        "benefit_cost": sum((one.cost or ZERO for one in benefits), ZERO),
        "open_opportunities": len(chances),
        "opportunity_value": sum((one.expected_value * Decimal(str(one.probability)) for one in chances), ZERO),
        "open_needs": sum(one.status in {"open", "proposed"} for one in needs),
    }
