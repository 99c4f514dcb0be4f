"""Scoring customers by the cuts in force, and freezing new cuts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.orm import Session

from services.scoring.estimators.histories import Floats
from services.scoring.rfm import repository, rules
from services.scoring.rfm.rules import Cuts, Scores
from services.scoring.rfm.tables import Rfm
from services.scoring.schemes import usecases as schemes
from services.scoring.schemes.tables import Scheme

BANDS = "bands"
NOTHING = (None, None, None)


def freeze(session: Session, zone: ZoneInfo, cause: str, now: datetime) -> Scheme | None:
    """Put the cuts of the present base in force; None while nobody has a counted order. Fixed ones stay in force."""
    present = schemes.current(session, BANDS)
    if present is not None and _is_fixed(present):
        return present
    cuts = repository.measured(session, now.astimezone(zone).date())
    return None if cuts is None else schemes.publish(session, BANDS, cuts.content(), cause, now)


def rescore(
    session: Session,
    people: Sequence[UUID],
    statistics: Mapping[str, Floats],
    before: Sequence[tuple[Any, ...]],
    *,
    bands: tuple[int, Mapping[str, Any]],
    zone: ZoneInfo,
    now: datetime,
) -> list[Scores | None]:
    """Score customers anew from their statistics by a version of the bands and what it says, and store what changed.

    None for those without a counted order; version 0 is that nobody ever had one. `before` is r, f and m as they are
    stored, of null for who has none.
    """
    version, content = bands
    if not version:
        return [None] * len(people)
    found = rules.scores(statistics, Cuts.load(content), now, zone)
    rows = list(zip(people, found, before, strict=True))
    new = {one: s for one, s, was in rows if s is not None and (s.r, s.f, s.m) != was}
    gone = [one for one, s, was in rows if s is None and was != NOTHING]
    if new or gone:
        repository.store(session, new, gone, version, now)
    return found


def review_reason(
    session: Session,
    customers: int,
    last_import: datetime | None,
    now: datetime,
    *,
    reviewed: tuple[int, datetime] | None = None,
) -> str | None:
    """Why everything should be measured anew now; None when what was measured still holds.

    Fixed cuts never age: then it counts how many customers the review before saw (`reviewed`) and when it was.
    """
    bands = schemes.current(session, BANDS)
    if bands is None:
        return "first" if customers else None
    seen = reviewed if _is_fixed(bands) else (Cuts.load(bands.content).customers, bands.effective_at)
    if seen is None:
        return None
    base, at = seen
    if last_import is not None and last_import > at:
        return "import"
    return "review" if rules.must_be_reviewed(base, customers, at, now) else None


def _is_fixed(bands: Scheme) -> bool:
    """Whether staff set the cuts and reviews leave them as they are."""
    return bool(bands.content.get("fixed", False))


def matrix(session: Session) -> dict[str, Any]:
    """Customers by r and f, and by class."""
    rows = repository.matrix(session)
    cells: dict[tuple[int, int], int] = {}
    classes: dict[str, int] = {}
    for row in rows:
        cell = row["r"], row["f"]
        cells[cell] = cells.get(cell, 0) + row["customers"]
        classes[row["rfm_class"]] = classes.get(row["rfm_class"], 0) + row["customers"]
    return {"cells": [{"r": r, "f": f, "customers": n} for (r, f), n in cells.items()], "classes": classes}


def base(session: Session) -> int:
    """How many customers have a counted order."""
    return repository.base(session)


def answer(row: Row[Any] | Rfm | None) -> dict[str, int | str] | None:
    """The scores of a stored row as the 360 answer shows them."""
    return None if row is None else {"r": row.r, "f": row.f, "m": row.m, "class": row.rfm_class}
