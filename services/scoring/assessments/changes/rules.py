"""Whether an assessment differs from the one that was told before by so much that others must know. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a customer last: `levels` and `numbers` in the order of their names."""

    version: int  # 0: nothing yet
    recorded_at: datetime
    declared: Mapping[str, str]
    levels: tuple[Any, ...]
    numbers: tuple[Any, ...]

    @property
    def scores(self) -> tuple[Any, ...]:
        """R, f and m."""
        return self.levels[:3]


NOTHING = Told(0, datetime.max.replace(tzinfo=UTC), {}, (None,) * len(LEVELS), (None,) * len(NUMBERS))


def levels(known: Told, after: tuple[Any, ...], declared: Mapping[str, str]) -> list[Change]:
    """Each level that moved, those of `declared` dimensions last; to have none and to be of none known is the same.

    A dimension that is declared no more ends with none.
    """
    if (known.levels, known.declared) == (after, declared):
        return []
    codes = sorted({*known.declared, *declared})
    own = _steps(codes, [known.declared.get(code) for code in codes], [declared.get(code) for code in codes])
    return [*_steps(LEVELS, known.levels, after), *own]


def drifted(known: Told, after: tuple[Any, ...], now: datetime) -> bool:
    """Whether a number moved by a tenth or more since it was told, which is told at most once a day."""
    if now - known.recorded_at < DRIFT_TOLD_EVERY:
        return False
    return any(map(_apart, known.numbers, after))


def _steps(names: Sequence[str], before: Sequence[Any], after: Sequence[Any]) -> list[Change]:
    moved = [step for step in zip(names, before, after, strict=True) if set(step[1:]) - {None, UNKNOWN}]
    return [Change(name=name, before=_text(old), after=_text(new)) for name, old, new in moved if old != new]


def _apart(before: Any, after: Any) -> bool:
    if before is None or after is None:
        return bool(before is not after)
    before, after = float(before), float(after)
    return bool(abs(after - before) >= DRIFT * max(abs(before), 10.0**-DIGITS))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
