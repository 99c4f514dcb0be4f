"""What is told of a customer, and whether it differs from what was told before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

import numpy as np

from services.scoring.appraisals import rules as appraisals
from services.scoring.appraisals.rules import Appraisal
from services.scoring.dimensions import rules as dimensions
from services.scoring.dimensions.rules import Dimension
from services.scoring.dimensions.schemas import NAMES
from services.scoring.levels.tables import LevelHistory
from services.scoring.rfm.rules import Scores
from services.scoring.scales.rules import UNKNOWN
from shared.contracts.base import Change, Origin
from shared.contracts.scoring import AssessmentChanged

RFM = ("r", "f", "m", "rfm_class")
LEVELS = (*RFM, *appraisals.LEVELS, "cluster", "plan")
TOLD = ("clv_12m", "churn_probability", "expected_orders_90d", "composite")
NOTHING: Mapping[str, Any] = dict.fromkeys((*LEVELS, *TOLD))
CRITERIA = ("revenue", "loyalty", "influence", "growth")
DRIFT, DRIFT_TOLD_EVERY = 0.1, timedelta(days=1)
DIGITS = 4
OFTEN, RARELY = timedelta(days=1), timedelta(days=30)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at some customers found. `stored` are the few statistics that say when and how it came to be."""

    appraisal: Appraisal
    scores: Mapping[UUID, Scores | None]
    stored: Mapping[UUID, Row]
    plans: Sequence[str | None]
    clusters: Sequence[str | None]
    scheme_version: int

    @property
    def now(self) -> datetime:
        """The instant of the look."""
        return self.appraisal.evidence.now

    @property
    def people(self) -> Sequence[UUID]:
        """The customers, in the order of the appraisal."""
        return self.appraisal.evidence.customer_ids


def moved(looked: Looked, before: Mapping[UUID, Row]) -> tuple[list[dict[str, Any]], dict[UUID, list[Change]]]:
    """The next version of each assessment that must be told, and the levels that moved by it.

    Numbers alone are told when they drifted by a tenth, at most once a day.
    """
    numbers, graded = told_numbers(looked.appraisal), _graded(looked.appraisal)
    rows, found = [], {}
    for at, one in enumerate(looked.people):
        known = before.get(one)
        groups = {"cluster": looked.clusters[at], "plan": looked.plans[at]}
        after = {**_rfm(looked.scores.get(one)), **graded[at], **numbers[at], **groups}
        behind = details(looked.appraisal, at)
        steps = changes(known or NOTHING, after) + declared_changes(known, behind)
        if steps or _must_tell_drift(known, after, looked.now):
            found[one] = steps
            rows.append(_row(one, known, after, looked) | {"details": behind})
    return rows, found


def history(
    rows: Sequence[Row], moved: Mapping[UUID, Sequence[Change]]
) -> tuple[list[UUID], list[str], list[str | None]]:
    """The lines that the history of levels gains: whose, which name, what level. Scores have a history of their own."""
    lines = [
        (row["customer_id"], change.name, change.after)
        for row in rows
        for change in moved[row["customer_id"]]
        if change.name not in RFM
    ]
    return [line[0] for line in lines], [line[1] for line in lines], [line[2] for line in lines]


def held(customer_id: UUID, lines: Iterable[Row] | None) -> dict[str, LevelHistory]:
    """The levels that a customer holds, by name, from lines of plain JSON."""
    return {
        one["name"]: LevelHistory(**{**one, "since": datetime.fromisoformat(one["since"])}, customer_id=customer_id)
        for one in lines or ()
    }


def next_looks(
    appraisal: Appraisal, scores: Mapping[UUID, Scores | None], until: Sequence[Mapping[UUID, datetime | None]]
) -> dict[UUID, datetime | None]:
    """When time alone may change something: daily for who may still buy, monthly for who is lost.

    Sooner where a score or what else is held `until` an instant ends before.
    """
    lost = appraisal.levels["lifecycle"] == "lost"
    idle = appraisal.levels["lifecycle"] == "prospect"
    now = appraisal.evidence.now
    usual = np.select([idle, lost], [0, 1], default=2)
    rests = (None, now + RARELY, now + OFTEN)
    found = dict(zip(appraisal.evidence.customer_ids, (rests[one] for one in usual.tolist()), strict=True))
    ends = [(one, score.until) for one, score in scores.items() if score is not None]
    for one, end in chain(ends, *(held.items() for held in until)):
        if end is not None:
            found[one] = min(end, found[one] or end)
    return found


def _graded(appraisal: Appraisal) -> list[dict[str, Any]]:
    names = (*appraisals.LEVELS, "method")
    columns = [appraisal.levels[name].tolist() for name in appraisals.LEVELS] + [list(appraisal.method)]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _must_tell_drift(known: Row | None, after: Row, now: datetime) -> bool:
    return known is not None and now - known["recorded_at"] >= DRIFT_TOLD_EVERY and drifted(known, after)


def _row(customer_id: UUID, known: Row | None, after: Row, looked: Looked) -> dict[str, Any]:
    """The next version. It is live once a live fact stands behind it: what an import says starts nothing."""
    stored = looked.stored[customer_id]
    return {
        **after,
        "clv_12m": _money(after["clv_12m"]),
        "customer_id": customer_id,
        "version": (known["version"] if known else 0) + 1,
        "scheme_version": looked.scheme_version,
        "origin": Origin.LIVE if stored["live_fact_at"] is not None else Origin.IMPORT,
        "occurred_at": _happened(known, stored, looked.scores.get(customer_id)) or looked.now,
        "recorded_at": looked.now,
    }


def _happened(known: Row | None, stored: Row, scores: Scores | None) -> datetime | None:
    """When the customer came to be so: at the newest order fact, or by silence since, if recency fell."""
    fact_at: datetime | None = stored["fact_at"]
    if fact_at is None or known is None or known["r"] is None or scores is None or scores.since is None:
        return fact_at
    return max(fact_at, scores.since) if scores.r < known["r"] else fact_at


def _rfm(scores: Scores | None) -> dict[str, Any]:
    """The scores that others know a customer by."""
    return dict.fromkeys(RFM) if scores is None else {name: getattr(scores, name) for name in RFM}


def told_numbers(appraisal: Appraisal) -> list[dict[str, Any]]:
    """The numbers that are told of each customer, rounded as they are told."""
    columns = [[_short(value) for value in appraisal.numbers[name].tolist()] for name in TOLD]
    return [dict(zip(TOLD, row, strict=True)) for row in zip(*columns, strict=True)]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """Each level that moved; to have none and to be of none known is the same."""
    return _steps(LEVELS, before, after)


def declared_changes(known: Row | None, behind: Row) -> list[Change]:
    """The same of declared dimensions; one that is declared no more ends with none."""
    before, after = (
        {code: one["level"] for code, one in some.get("declared", {}).items()}
        for some in (known["details"] if known else {}, behind)
    )
    return _steps(sorted({*before, *after}), before, after)


def _steps(names: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    pairs = [(name, _text(before.get(name)), _text(after.get(name))) for name in names]
    told = [step for step in pairs if step[1] != step[2] and set(step[1:]) != {None, UNKNOWN}]
    return [Change(name=name, before=old, after=new) for name, old, new in told]


def drifted(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether a number moved by a tenth or more since it was told."""
    return any(_apart(before[name], after[name]) for name in TOLD)


def details(appraisal: Appraisal, row: int) -> dict[str, Any]:
    """What stands behind the levels of one customer."""
    numbers = appraisal.numbers
    return {
        "dimensions": {name: _behind(appraisal, appraisal.dimensions[name], row) for name in NAMES},
        "declared": {
            code: _behind(appraisal, one, row) | {"level": str(appraisal.levels[code][row])}
            for code, one in appraisal.declared.items()
        },
        "criteria": {name: _short(float(numbers[f"criterion_{name}"][row])) for name in CRITERIA},
    }


def _behind(appraisal: Appraisal, dimension: Dimension, row: int) -> dict[str, Any]:
    sure = dimensions.confidence(dimension, appraisal.numbers["confidence"])
    return {"percentile": _short(float(dimension.percentile[row])), "confidence": _short(float(sure[row]))}


def told(row: Mapping[str, Any], moved: Sequence[Change]) -> AssessmentChanged:
    """The event of a stored assessment."""
    rfm = {"r": row["r"], "f": row["f"], "m": row["m"], "class": row["rfm_class"]} if row["rfm_class"] else None
    behind = row["details"]
    same = ("customer_id", "version", "scheme_version", "origin", "occurred_at", "recorded_at")
    levels_ = ("value_class", "lifecycle", "cluster", "plan", "method")
    return AssessmentChanged.model_validate(
        {name: row[name] for name in (*same, *levels_, *TOLD)}
        | {
            "rfm": rfm,
            "dimensions": {name: {"level": row[name], **one} for name, one in behind.get("dimensions", {}).items()}
            | behind.get("declared", {}),
            "criteria": {name: share for name, share in behind.get("criteria", {}).items() if share is not None},
            "as_of": row["recorded_at"],
            "changes": list(moved),
        }
    )


def _apart(before: Any, after: Any) -> bool:
    if before is None or after is None:
        return bool(before is not after)
    before, after = float(before), float(after)
    return bool(abs(after - before) >= DRIFT * max(abs(before), 10.0**-DIGITS))


def _short(value: float) -> float | None:
    return None if np.isnan(value) else round(value, DIGITS)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _money(value: float | None) -> Decimal | None:
    """An amount with the decimals that a column of amounts keeps."""
    return None if value is None else Decimal(str(value))
