"""What is told of a customer, and when to look again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from math import isnan
from typing import Any
from uuid import UUID

import numpy as np

from services.scoring.appraisals import rules as appraisals
from services.scoring.appraisals.rules import Appraisal
from services.scoring.assessments.changes import rules as changes
from services.scoring.assessments.changes.rules import DIGITS, NUMBERS, RFM, Row
from services.scoring.dimensions import rules as dimensions
from services.scoring.dimensions.rules import Dimension
from services.scoring.dimensions.schemas import NAMES
from services.scoring.estimators.histories import Floats
from services.scoring.levels.tables import LevelHistory
from services.scoring.rfm.rules import Scores
from shared.contracts.base import Change, Origin
from shared.contracts.scoring import AssessmentChanged

CRITERIA = ("revenue", "loyalty", "influence", "growth")
OFTEN, RARELY = timedelta(days=1), timedelta(days=30)


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
    after, own = _after(looked), _own_levels(looked.appraisal)
    found: dict[int, list[Change]] = {}
    for at, one in enumerate(looked.people):
        known = before.get(one)
        steps = changes.levels(known, after[at], own[at])
        if steps or changes.drifted(known, after[at], looked.now):
            found[at] = steps
    behind = zip(found, details(looked.appraisal, list(found)), strict=True)
    whose = looked.people
    rows = [_row(whose[at], before.get(whose[at]), after[at], looked) | {"details": some} for at, some in behind]
    return rows, {whose[at]: steps for at, steps in found.items()}


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


def _after(looked: Looked) -> list[dict[str, Any]]:
    """What is told of each customer, but what stands behind it."""
    appraisal = looked.appraisal
    names = (*appraisals.LEVELS, "method", "cluster", "plan", *NUMBERS)
    levels = [appraisal.levels[name].tolist() for name in appraisals.LEVELS]
    numbers = [_rounded(appraisal.numbers[name]) for name in NUMBERS]
    rows = zip(*levels, appraisal.method, looked.clusters, looked.plans, *numbers, strict=True)
    return [
        _rfm(looked.scores.get(one)) | dict(zip(names, row, strict=True))
        for one, row in zip(looked.people, rows, strict=True)
    ]


def _own_levels(appraisal: Appraisal) -> list[dict[str, str]]:
    """The levels of each customer in the declared dimensions."""
    columns = [appraisal.levels[code].tolist() for code in appraisal.declared]
    rows = zip(*columns, strict=True) if columns else [()] * len(appraisal.evidence)
    return [dict(zip(appraisal.declared, row, strict=True)) for row in rows]


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


def details(appraisal: Appraisal, rows: Sequence[int]) -> list[dict[str, Any]]:
    """What stands behind the levels of some of the customers."""
    sure = appraisal.numbers["confidence"]
    six = {name: _behind(appraisal.dimensions[name], sure, rows) for name in NAMES}
    own = {code: _behind(one, sure, rows) for code, one in appraisal.declared.items()}
    criteria = {name: _rounded(appraisal.numbers[f"criterion_{name}"][rows]) for name in CRITERIA}
    return [
        {
            "dimensions": {name: some[at] for name, some in six.items()},
            "declared": {code: some[at] | {"level": str(appraisal.levels[code][row])} for code, some in own.items()},
            "criteria": {name: some[at] for name, some in criteria.items()},
        }
        for at, row in enumerate(rows)
    ]


def _behind(dimension: Dimension, predicted: Floats, rows: Sequence[int]) -> list[dict[str, float | None]]:
    columns = dimension.percentile, dimensions.confidence(dimension, predicted)
    pairs = zip(*(_rounded(column[rows]) for column in columns), strict=True)
    return [{"percentile": share, "confidence": sure} for share, sure in pairs]


def told(row: Mapping[str, Any], moved: Sequence[Change]) -> AssessmentChanged:
    """The event of a stored assessment."""
    rfm = {"r": row["r"], "f": row["f"], "m": row["m"], "class": row["rfm_class"]} if row["rfm_class"] else None
    behind = row["details"]
    same = ("customer_id", "version", "scheme_version", "origin", "occurred_at", "recorded_at")
    levels_ = ("value_class", "lifecycle", "cluster", "plan", "method")
    return AssessmentChanged.model_validate(
        {name: row[name] for name in (*same, *levels_, *NUMBERS)}
        | {
            "rfm": rfm,
            "dimensions": {name: {"level": row[name], **one} for name, one in behind.get("dimensions", {}).items()}
            | behind.get("declared", {}),
            "criteria": {name: share for name, share in behind.get("criteria", {}).items() if share is not None},
            "as_of": row["recorded_at"],
            "changes": list(moved),
        }
    )


def _rounded(values: Floats) -> list[float | None]:
    """Numbers as they are told; None where nothing is known."""
    return [None if isnan(value) else round(value, DIGITS) for value in values.tolist()]


def _money(value: float | None) -> Decimal | None:
    """An amount with the decimals that a column of amounts keeps."""
    return None if value is None else Decimal(str(value))
