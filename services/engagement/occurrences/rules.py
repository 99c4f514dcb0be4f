"""When an occasion is, for whom it still holds, and what makes an order event count. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.occasions.rules import DAY, happens_at, instant
from shared.contracts.base import Origin
from shared.contracts.profile import OrderRecorded

HOLDS: dict[str, set[str]] = {
    "placed": {"placed", "paid", "shipped", "delivered"},
    "paid": {"paid", "shipped", "delivered"},
    "shipped": {"shipped", "delivered"},
    "delivered": {"delivered"},
    "cancelled": {"cancelled"},
    "refunded": {"refunded"},
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a due occurrence: fire it, wait until `at`, release it, or let it end with a reason."""

    do: Literal["fire", "wait", "release", "skipped", "expired"]
    at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How things stand when an occurrence is due: the dated occasion holds, who is meant, the order's status."""

    meant: bool = True
    celebrated: bool = False
    status: str | None = None


def order_at(rule: CareRule, step_at: datetime, zone: ZoneInfo) -> datetime:
    """When a rule applies to an order: so many days after the step, at the next such wall time if it names one."""
    earliest: datetime = step_at + rule.occasion["offset_days"] * DAY
    if rule.at is None:
        return earliest
    day = earliest.astimezone(zone).date()
    same_day = instant(day, rule.at, zone)
    return same_day if same_day >= earliest else instant(day + DAY, rule.at, zone)


def holds(status: str, step: str) -> bool:
    """Whether an order of that status has passed the step and not left it behind."""
    return status in HOLDS[step]


def step_at(event: OrderRecorded, step: str) -> datetime:
    """When the order reached the step."""
    if step == "refunded":
        return max((refund.at for refund in event.refunds), default=event.occurred_at)
    moment: datetime | None = getattr(event, f"{step}_at")
    return moment or event.occurred_at


def counts(rule: CareRule, event: OrderRecorded, now: datetime) -> bool:
    """Whether an order event starts an occurrence: live, fresh, stored since the rule works, of the step and goods."""
    step, stale = rule.occasion["step"], now - timedelta(hours=rule.freshness_hours)
    return (
        event.origin is Origin.LIVE
        and not event.test
        and rule.activated_at is not None
        and event.recorded_at >= rule.activated_at
        and event.occurred_at > stale
        and holds(event.status, step)
        and step_at(event, step) > stale
        and _goods(rule.occasion, event)
    )


def judge(rule: CareRule, occurrence: CareOccurrence, now: Standing, zone: ZoneInfo) -> Verdict:
    """Whether an occasion still holds and when the rule applies to it."""
    if rule.status != "active" or rule.archived_at:
        return Verdict("release", occurrence.happens_at)
    if occurrence.day:
        if not (now.celebrated and now.meant):
            return Verdict("release", occurrence.happens_at)
        return Verdict("fire", happens_at(rule.occasion, rule.at, occurrence.day, zone))
    status = now.status
    if not now.meant:
        return Verdict("skipped", occurrence.happens_at, "audience")
    if status is None or not holds(status, rule.occasion["step"]):
        return Verdict("skipped", occurrence.happens_at, f"order_{status or 'unknown'}")
    return Verdict("fire", order_at(rule, occurrence.step_at or occurrence.happens_at, zone))


def timed(rule: CareRule, verdict: Verdict, now: datetime) -> Verdict:
    """The verdict at an instant: too early waits, too late ends."""
    if verdict.do != "fire":
        return verdict
    if verdict.at > now:
        return Verdict("wait", verdict.at)
    if now - verdict.at > timedelta(hours=rule.freshness_hours):
        return Verdict("expired", verdict.at, "stale")
    ends = expiry(rule, verdict.at)
    return Verdict("expired", verdict.at, "too_late") if ends and ends <= now else verdict


def expiry(rule: CareRule, at: datetime) -> datetime | None:
    """When a message for an occasion at `at` is too late."""
    return at + timedelta(hours=rule.expires_after_hours) if rule.expires_after_hours else None


def key_of_order(order_id: object, step: str) -> str:
    """The occurrence of an order's step."""
    return f"order:{order_id}:{step}"


def years_of(key: str) -> int | None:
    """How many years an anniversary is for."""
    kind, _, years = key.partition(":")
    return int(years) if kind == "anniversary" else None


def _goods(occasion: dict[str, Any], event: OrderRecorded) -> bool:
    categories: Sequence[str] = occasion["categories"]
    skus: Sequence[str] = occasion["skus"]
    return not (categories or skus) or any(line.category in categories or line.sku in skus for line in _kept(event))


def _kept(event: OrderRecorded) -> Iterable[Any]:
    return (line for line in event.lines if line.refunded_quantity < line.quantity)
