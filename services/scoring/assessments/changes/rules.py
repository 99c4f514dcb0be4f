"""Whether an assessment differs from the one that was told before by so much that others must know. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.scoring.appraisals import rules as appraisals
from services.scoring.scales.rules import UNKNOWN
from shared.contracts.base import Change

RFM = ("r", "f", "m", "rfm_class")
LEVELS = (*RFM, *appraisals.LEVELS, "cluster", "plan")
NUMBERS = ("clv_12m", "churn_probability", "expected_orders_90d", "composite")
DIGITS = 4
DRIFT, DRIFT_TOLD_EVERY = 0.1, timedelta(days=1)
Row = Mapping[str, Any]


def levels(known: Row | None, after: Row, declared: Mapping[str, str]) -> list[Change]:
    """Each level that moved, those of `declared` dimensions last; to have none and to be of none known is the same.

    A dimension that is declared no more ends with none.
    """
    behind = known["details"].get("declared", {}) if known else {}
    before = {code: one["level"] for code, one in behind.items()}
    return [*_steps(LEVELS, known or {}, after), *_steps(sorted({*before, *declared}), before, declared)]


def drifted(known: Row | None, after: Row, now: datetime) -> bool:
    """Whether a number moved by a tenth or more since it was told, which is told at most once a day."""
    if known is None or now - known["recorded_at"] < DRIFT_TOLD_EVERY:
        return False
    return any(_apart(known[name], after[name]) for name in NUMBERS)


def _steps(names: Sequence[str], before: Row, after: Row) -> list[Change]:
    pairs = [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]
    told = [step for step in pairs if set(step[1:]) != {None, UNKNOWN}]
    return [Change(name=name, before=_text(old), after=_text(new)) for name, old, new in told]


def _apart(before: Any, after: Any) -> bool:
    if before is None or after is None:
        return bool(before is not after)
    before, after = float(before), float(after)
    return bool(abs(after - before) >= DRIFT * max(abs(before), 10.0**-DIGITS))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
