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
from services.scoring.assessments.changes.rules import DIGITS, NUMBERS, RFM, Row, Told
from services.scoring.dimensions import rules as dimensions
from services.scoring.dimensions.rules import Dimension
from services.scoring.dimensions.schemas import NAMES
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Texts
from services.scoring.levels.rules import Held
from services.scoring.rfm.rules import Scores
from shared.contracts.base import Change, Origin
from shared.contracts.scoring import AssessmentChanged

CRITERIA = ("revenue", "loyalty", "influence", "growth")
NOBODY = (None,) * len(RFM)
OFTEN, RARELY = timedelta(days=1), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look at some customers found, and what was told of them `before`."""

    appraisal: Appraisal
    before: Sequence[Told]
    scores: Sequence[Scores | None]
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

    def levels(self) -> list[tuple[Any, ...]]:
        """The levels of each customer, in the order of `changes.LEVELS`."""
        graded = [self.appraisal.levels[name].tolist() for name in appraisals.LEVELS]
        rest = zip(*graded, self.clusters, self.plans, strict=True)
        return [(*_rfm(one), *row) for one, row in zip(self.scores, rest, strict=True)]

    def numbers(self) -> list[tuple[Any, ...]]:
        """The numbers of each customer, in the order of `changes.NUMBERS`."""
        return list(zip(*(_rounded(self.appraisal.numbers[name]) for name in NUMBERS), strict=True))


def before(known: Sequence[Told]) -> dict[str, Texts]:
    """The levels of customers as they were told last, by name; "" before that.

    Declared dimensions of which somebody has a level are among them.
    """
    codes = sorted({code for one in known for code in one.declared})
    own = {code: np.array([one.declared.get(code, "") for one in known], dtype=np.str_) for code in codes}
    return own | {
        name: np.array([one.levels[at] or "" for one in known], dtype=np.str_)
        for at, name in enumerate(appraisals.LEVELS, start=len(RFM))
    }


def moved(looked: Looked) -> dict[int, list[Change]]:
    """The rows of the appraisal of which others must be told, with the levels that moved.

    Numbers alone are told when they drifted by a tenth, at most once a day.
    """
    rows = zip(looked.before, looked.levels(), _own_levels(looked.appraisal), looked.numbers(), strict=True)
    found: dict[int, list[Change]] = {}
    for at, (known, levels, own, numbers) in enumerate(rows):
        steps = changes.levels(known, levels, own)
        if steps or changes.drifted(known, numbers, looked.now):
            found[at] = steps
    return found


def versions(looked: Looked, rows: Sequence[int], facts_at: Mapping[UUID, datetime | None]) -> list[dict[str, Any]]:
    """The next version of some assessments, with when the newest order fact of each customer happened."""
    levels, numbers = looked.levels(), looked.numbers()
    behind = details(looked.appraisal, rows)
    return [
        {
            **dict(zip(changes.LEVELS, levels[at], strict=True)),
            **dict(zip(NUMBERS, numbers[at], strict=True)),
            **_version(looked, at, facts_at.get(looked.people[at])),
            "clv_12m": _money(numbers[at][0]),
            "details": some,
        }
        for at, some in zip(rows, behind, strict=True)
    ]


def history(looked: Looked, moved: Mapping[int, Sequence[Change]]) -> tuple[list[UUID], list[str], list[str | None]]:
    """The lines that the history of levels gains: whose, which name, what level. Scores have a history of their own."""
    lines = [(at, change) for at, steps in moved.items() for change in steps if change.name not in RFM]
    ids = [looked.people[at] for at, _ in lines]
    return ids, [change.name for _, change in lines], [change.after for _, change in lines]


def held(lines: Iterable[Row] | None) -> dict[str, Held]:
    """The levels that a customer holds, by name, from lines of plain JSON."""
    return {one["name"]: Held(**{**one, "since": datetime.fromisoformat(one["since"])}) for one in lines or ()}


def next_looks(
    appraisal: Appraisal, scores: Sequence[Scores | None], until: Sequence[Mapping[UUID, datetime | None]]
) -> dict[UUID, datetime | None]:
    """When time alone may change something: daily for who may still buy, monthly for who is lost.

    Sooner where a score or what else is held `until` an instant ends before.
    """
    lost = appraisal.levels["lifecycle"] == "lost"
    idle = appraisal.levels["lifecycle"] == "prospect"
    now = appraisal.evidence.now
    usual = np.select([idle, lost], [0, 1], default=2)
    rests = (None, now + RARELY, now + OFTEN)
    people = appraisal.evidence.customer_ids
    found = dict(zip(people, (rests[one] for one in usual.tolist()), strict=True))
    ends = [(one, score.until) for one, score in zip(people, scores, strict=True) if score is not None]
    for one, end in chain(ends, *(held.items() for held in until)):
        if end is not None:
            found[one] = min(end, found[one] or end)
    return found


def _own_levels(appraisal: Appraisal) -> list[dict[str, str]]:
    """The levels of each customer in the declared dimensions."""
    columns = [appraisal.levels[code].tolist() for code in appraisal.declared]
    rows = zip(*columns, strict=True) if columns else [()] * len(appraisal.evidence)
    return [dict(zip(appraisal.declared, row, strict=True)) for row in rows]


def _version(looked: Looked, at: int, fact_at: datetime | None) -> dict[str, Any]:
    """It is live once a live fact stands behind it: what an import says starts nothing."""
    appraisal, known = looked.appraisal, looked.before[at]
    return {
        "customer_id": looked.people[at],
        "version": known.version + 1,
        "method": appraisal.method[at],
        "scheme_version": looked.scheme_version,
        "origin": Origin.IMPORT if isnan(appraisal.evidence["live_fact_at"][at]) else Origin.LIVE,
        "occurred_at": _happened(known, fact_at, looked.scores[at]) or looked.now,
        "recorded_at": looked.now,
    }


def _happened(known: Told, fact_at: datetime | None, scores: Scores | None) -> datetime | None:
    """When the customer came to be so: at the newest order fact, or by silence since, if recency fell."""
    r = known.levels[0]
    if fact_at is None or r is None or scores is None or scores.since is None:
        return fact_at
    return max(fact_at, scores.since) if scores.r < r else fact_at


def _rfm(scores: Scores | None) -> tuple[Any, ...]:
    """The scores that others know a customer by."""
    return NOBODY if scores is None else (scores.r, scores.f, scores.m, scores.rfm_class)


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
