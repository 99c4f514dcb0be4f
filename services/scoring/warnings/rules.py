"""The course of a warning: raised, joined by further reasons, closed by what came. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from services.scoring.appraisals.rules import Appraisal, Rulebook
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import SECONDS_A_DAY, Texts
from services.scoring.scales.rules import Scales
from services.scoring.signs import rules as signs
from services.scoring.signs.schemas import REASONS, Reason
from services.scoring.warnings.schemas import Outcome
from services.scoring.warnings.tables import WarningStatus
from shared.contracts.base import Origin
from shared.contracts.scoring import WarningClosed, WarningRaised

PRIORITY = "priority"
DIGITS = 4
IMPORT_HOLDS = timedelta(days=1)
COOLING: frozenset[str] = frozenset({"ordered", "lost", "dismissed"})
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """One customer as a look found them. `last_order_at` is in days since 1970, `at` the row of the appraisal."""

    at: int
    horizon: timedelta
    orders: int
    last_order_at: float
    firm: bool
    reasons: tuple[Reason, ...]

    @property
    def origin(self) -> Origin:
        """Live once a live fact stands behind it, or time alone does: what only an import says starts nothing."""
        return Origin.LIVE if self.firm else Origin.IMPORT


@dataclass(frozen=True, slots=True)
class Course:
    """What a look comes to before anything is written: warnings that were known, of these the outcomes that are new."""

    found: Mapping[UUID, Seen]
    known: Sequence[Row]
    ended: Mapping[UUID, Outcome]

    @property
    def waiting(self) -> dict[UUID, Row]:
        """The warnings that stay open, by customer."""
        return {one["person_id"]: one for one in open_(self.known) if one["warning_id"] not in self.ended}

    @property
    def fresh(self) -> dict[UUID, Seen]:
        """Customers of whom there is to warn anew: something else holds than what was answered lately."""
        waiting, rests = self.waiting, cooled(self.known, self.ended)
        return {
            one: look
            for one, look in self.found.items()
            if one not in waiting and set(look.reasons) - rests.get(one, set())
        }


def seen(appraisal: Appraisal, book: Rulebook) -> dict[UUID, Seen]:
    """What there is to warn of, by customer."""
    evidence = appraisal.evidence
    held = signs.reasons(evidence, appraisal.numbers, appraisal.levels["lifecycle"], book.model, book.warnings)
    table = np.column_stack([held[name] for name in REASONS]).reshape(len(evidence), len(REASONS))
    some = {at: tuple(name for name, holds in zip(REASONS, table[at], strict=True) if holds) for at in _any(table)}
    columns = (evidence.known("orders"), evidence["last_order_at"], ~np.isnan(evidence["live_fact_at"]))
    orders, last, firm = (column.tolist() for column in columns)
    horizons = [timedelta(days=days) for days in evidence.horizons.days.tolist()]
    return {
        one: Seen(at, horizons[at], int(orders[at]), last[at], firm[at], some.get(at, ()))
        for at, one in enumerate(evidence.customer_ids)
    }


def is_in_doubt(found: Mapping[UUID, Seen]) -> bool:
    """Whether there is to warn of somebody of whom an import alone told."""
    return any(one.reasons and not one.firm for one in found.values())


def long_after(found: Mapping[UUID, Seen], last_import: datetime | None, now: datetime) -> Mapping[UUID, Seen]:
    """What an import had to say was said within a day: what holds only after that is what time brought, and firm."""
    if last_import is None or now - last_import <= IMPORT_HOLDS:
        return found
    return {one: replace(look, firm=True) for one, look in found.items()}


def open_(known: Sequence[Row]) -> list[Row]:
    """The warnings that wait for their outcome."""
    return [one for one in known if one["status"] == WarningStatus.OPEN]


def recent(known: Sequence[Row], found: Mapping[UUID, Seen], now: datetime) -> list[Row]:
    """The open warnings, and those closed within H of the customer."""
    return [
        one
        for one in known
        if one["status"] == WarningStatus.OPEN or one["closed_at"] > now - found[one["person_id"]].horizon
    ]


def course(
    found: Mapping[UUID, Seen],
    known: Sequence[Row],
    first_orders: Mapping[UUID, datetime],
    now: datetime,
    *,
    afresh: bool,
) -> Course:
    """What a look comes to. `afresh`: under new thresholds, a warning of which no reason holds is superseded."""
    outcomes = {
        one["warning_id"]: outcome(
            one, found[one["person_id"]], first_orders.get(one["warning_id"]), now, afresh=afresh
        )
        for one in open_(known)
    }
    return Course(found, known, {one: came for one, came in outcomes.items() if came is not None})


def standing(course: Course, people: Sequence[UUID]) -> dict[str, Texts]:
    """Who will have an open warning, and of whom each reason holds, as levels; "" where that is not so."""
    warned = course.waiting.keys() | course.fresh.keys()
    held = [course.found[one].reasons for one in people]
    return {
        "warning": np.array(["open" if one in warned else "" for one in people], dtype=str),
        **{
            f"reason.{name}": np.array(["holds" if name in some else "" for some in held], dtype=str)
            for name in REASONS
        },
    }


def ordered_since(warning: Row, found: Seen) -> bool:
    """Whether the last counted order was placed after the warning."""
    raised_at: datetime = warning["raised_at"]
    return found.last_order_at > raised_at.timestamp() / SECONDS_A_DAY


def outcome(
    warning: Row, found: Seen, first_order_at: datetime | None, now: datetime, *, afresh: bool = False
) -> Outcome | None:
    """What an open warning came to; None while it waits. `first_order_at` is of the first order after it.

    One that only an import stands behind gives way to the first live reason: that one is to start something.
    """
    if warning["customer_id"] != warning["person_id"]:
        return "merged"
    if first_order_at is not None:
        return "ordered" if first_order_at <= warning["closes_by"] else "lost"
    if found.orders == 0:
        return "superseded"
    if now >= warning["closes_by"]:
        return "lost"
    if found.firm and warning["origin"] == Origin.IMPORT and set(found.reasons) - codes(warning):
        return "superseded"
    judged_anew = afresh or found.orders != warning["orders"]
    return "superseded" if judged_anew and not codes(warning) & set(found.reasons) else None


def codes(warning: Row) -> set[str]:
    """The reasons of a warning."""
    return {one["code"] for one in warning["reasons"]}


def cooled(known: Collection[Row], ended: Mapping[UUID, Outcome]) -> dict[UUID, set[str]]:
    """Reasons that were answered lately, by customer: these alone raise no warning. `ended` are closed just now."""
    found: dict[UUID, set[str]] = {}
    for one in known:
        if ended.get(one["warning_id"], one["outcome"]) in COOLING:
            found.setdefault(one["person_id"], set()).update(codes(one))
    return found


def joining(warning: Row, found: Seen, now: datetime) -> list[dict[str, Any]]:
    """The reasons that an open warning gains."""
    return dated([code for code in found.reasons if code not in codes(warning)], now)


def dated(reasons: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    """Reasons that hold since now."""
    return [{"code": code, "first_at": now.isoformat()} for code in reasons]


def priority(numbers: Mapping[str, Floats], scales: Scales) -> Floats:
    """Share of customers with less expected value at risk; the risk alone until a review measured that."""
    risk = numbers["churn_probability"]
    share = scales.percentile(PRIORITY, risk * numbers["clv_12m"])
    return np.where(np.isnan(share), risk, share)


def told_raised(row: Row, origin: Origin = Origin.LIVE) -> WarningRaised:
    """The event of a stored warning, as it was when it was raised."""
    at = row["raised_at"]
    first = [one["code"] for one in row["reasons"] if datetime.fromisoformat(one["first_at"]) == at]
    same = ("customer_id", "warning_id", "churn_probability", "value", "priority", "horizon_days")
    return WarningRaised.model_validate(
        {name: row[name] for name in same} | {"reasons": first, "origin": origin, "occurred_at": at, "recorded_at": at}
    )


def told_closed(row: Row, origin: Origin = Origin.LIVE) -> WarningClosed:
    """The event of a closed warning."""
    at = row["closed_at"]
    same = ("customer_id", "warning_id", "outcome")
    return WarningClosed.model_validate(
        {name: row[name] for name in same} | {"origin": origin, "occurred_at": at, "recorded_at": at}
    )


def _any(table: np.ndarray[Any, Any]) -> list[int]:
    found: list[int] = np.flatnonzero(table.any(axis=1)).tolist()
    return found
