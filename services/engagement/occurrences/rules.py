"""When an occasion is, for whom it still holds, and what makes an order event count. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from services.engagement.care.tables import CareOccurrence, CareRule
from shared.contracts.base import Origin
from shared.contracts.profile import OrderRecorded

DAY = timedelta(days=1)
# No zone is further from UTC than this.
FURTHEST = timedelta(hours=14)
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


def celebrated_on(month: int, day: int, year: int, leap_day: str) -> date:
    """The day of a birthday in a year; 29 February goes to `leap_day` where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return date.fromisoformat(f"{year}-{leap_day}")


def birthdays_on(day: date, leap_day: str) -> set[tuple[int, int]]:
    """Month and day of the births that are celebrated on a day."""
    found = {(day.month, day.day)}
    if (day.month, day.day) != (2, 29) and celebrated_on(2, 29, day.year, leap_day) == day:
        found.add((2, 29))
    return found


def days_between(start: datetime, end: datetime, offset_days: int) -> list[date]:
    """Every day whose occasion, so many days later, may fall between two instants somewhere on earth."""
    first, last = (start - FURTHEST).date() - offset_days * DAY, (end + FURTHEST).date() - offset_days * DAY
    return [first + number * DAY for number in range((last - first).days + 1)]


def instant(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """The instant of a wall time on a day; where summer time skips it, as much later."""
    return datetime.combine(day, time.fromisoformat(clock), zone).astimezone(UTC)


def birthday_at(rule: CareRule, day: date, zone: ZoneInfo) -> datetime:
    """When a rule applies to a birthday celebrated on a day."""
    return instant(day + rule.occasion["offset_days"] * DAY, rule.at or "00:00", zone)


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


def judge(
    rule: CareRule, occurrence: CareOccurrence, born: tuple[int, int] | None, status: str | None, zone: ZoneInfo
) -> Verdict:
    """Whether an occasion still holds and when the rule applies to it; `born` and `status` are the facts now."""
    if rule.status != "active" or rule.archived_at:
        return Verdict("release", occurrence.happens_at)
    if occurrence.day:
        leap_day = rule.occasion["leap_day"]
        if born is None or celebrated_on(*born, occurrence.day.year, leap_day) != occurrence.day:
            return Verdict("release", occurrence.happens_at)
        return Verdict("fire", birthday_at(rule, occurrence.day, zone))
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


def key_of_birthday(day: date) -> str:
    """The occurrence of a birthday celebrated on a day."""
    return f"birthday:{day.year}"


def _goods(occasion: dict[str, Any], event: OrderRecorded) -> bool:
    categories: Sequence[str] = occasion["categories"]
    skus: Sequence[str] = occasion["skus"]
    return not (categories or skus) or any(line.category in categories or line.sku in skus for line in _kept(event))


def _kept(event: OrderRecorded) -> Iterable[Any]:
    return (line for line in event.lines if line.refunded_quantity < line.quantity)
