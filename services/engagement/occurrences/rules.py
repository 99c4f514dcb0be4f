"""When an occasion is, for whom it still holds, and what makes an order event count. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.engagement.care.tables import CareOccurrence, CareRule
from services.engagement.occasions.rules import DAY, happens_at, instant
from services.engagement.refills.usecases import Supply
from shared.contracts.base import Origin
from shared.contracts.profile import Line, OrderRecorded
from shared.ids import derived_id

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
    """How things stand when an occurrence is due: who is meant, whether the dated occasion
    holds, the order's status, how long its goods last."""

    meant: bool = True
    celebrated: bool = False
    status: str | None = None
    supply: Supply | None = None


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
    step, stale = step_of(rule), now - timedelta(hours=rule.freshness_hours)
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


def id_of(rule_id: UUID, customer_id: UUID, key: str) -> UUID:
    """The id of an occurrence, also before it is planned."""
    return derived_id("occurrence", str(rule_id), str(customer_id), key)


def planned(rule: CareRule, customer_id: UUID, key: str, version: int, now: datetime) -> dict[str, Any]:
    """An occurrence as it is planned, but for when it is."""
    return {
        "occurrence_id": id_of(rule.rule_id, customer_id, key),
        "rule_id": rule.rule_id,
        "customer_id": customer_id,
        "key": key,
        "version": version,
        "status": "planned",
        "planned_at": now,
    }


def of_order(rule: CareRule, event: OrderRecorded, now: datetime) -> list[dict[str, Any]]:
    """The occurrences that an order event starts."""
    if not counts(rule, event, now):
        return []
    at = step_at(event, step_of(rule))
    when = {"day": None, "order_id": event.order_id, "step_at": at, "happens_at": at, "due_at": at}
    return [planned(rule, event.customer_id, key, event.version, now) | when for key in keys_of(rule, event)]


def judge(rule: CareRule, occurrence: CareOccurrence, now: Standing, zone: ZoneInfo) -> Verdict:
    """Whether an occasion still holds and when the rule applies to it."""
    if rule.status != "active" or rule.archived_at:
        return Verdict("release", occurrence.happens_at)
    if occurrence.day:
        if not (now.celebrated and now.meant):
            return Verdict("release", occurrence.happens_at)
        return Verdict("fire", happens_at(rule.occasion, rule.at, occurrence.day, zone))
    reason = _hindrance(rule, now)
    if reason:
        return Verdict("skipped", occurrence.happens_at, reason)
    lasts = now.supply.lasts if now.supply else timedelta()
    return Verdict("fire", order_at(rule, (occurrence.step_at or occurrence.happens_at) + lasts, zone))


def _hindrance(rule: CareRule, now: Standing) -> str | None:
    """Why an occurrence of an order leads to nothing."""
    if not now.meant:
        return "audience"
    if now.status is None or not holds(now.status, step_of(rule)):
        return f"order_{now.status or 'unknown'}"
    if rule.occasion["kind"] == "order":
        return None
    return "use_unknown" if now.supply is None else "bought_again" if now.supply.bought_again else None


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


def step_of(rule: CareRule) -> str:
    """The step of an order that a rule goes by; goods are used from their delivery on."""
    step: str = rule.occasion.get("step", "delivered")
    return step


def keys_of(rule: CareRule, event: OrderRecorded) -> list[str]:
    """The occurrences of an order: one of its step, or one of each line to be refilled."""
    if rule.occasion["kind"] == "order":
        return [f"order:{event.order_id}:{step_of(rule)}"]
    return [f"refill:{event.order_id}:{line.line_id}" for line in _named(rule.occasion, event)]


def years_of(key: str) -> int | None:
    """How many years an anniversary is for."""
    kind, _, years = key.partition(":")
    return int(years) if kind == "anniversary" else None


def _goods(occasion: dict[str, Any], event: OrderRecorded) -> bool:
    return not (occasion["categories"] or occasion["skus"]) or any(_named(occasion, event))


def _named(occasion: dict[str, Any], event: OrderRecorded) -> Iterator[Line]:
    """Lines of the goods that a rule names, without those that were given back."""
    for line in event.lines:
        named = line.category in occasion["categories"] or line.sku in occasion["skus"]
        if named and line.refunded_quantity < line.quantity:
            yield line
