"""Storing and reading the numbers of customers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt
from sqlalchemy import Float, select
from sqlalchemy.orm import Session

from services.scoring.estimators.histories import Floats
from services.scoring.scores.tables import Score
from shared.db import REPLACE, among, put_columns
from shared.errors import NotFound

Numbers = Mapping[str, Floats]
Levels = Mapping[str, npt.NDArray[np.str_]]

NUMBERS = [column.name for column in Score.__table__.columns if isinstance(column.type, Float)]
LEAST = float(np.finfo(np.float32).tiny)
DIMENSIONS = ("power", "frequency", "potential", "satisfaction", "loyalty", "churn")
LEVELS = {**{name: f"{name}_level" for name in DIMENSIONS}, "value_class": "value_class", "lifecycle": "lifecycle"}


def store(
    session: Session,
    people: Sequence[UUID],
    numbers: Numbers,
    levels: Levels,
    declared: Sequence[Mapping[str, Any]],
    *,
    method: Sequence[str],
    now: datetime,
) -> None:
    """Keep the numbers and levels of customers, by column; of declared dimensions by customer."""
    if not people:
        return
    columns: dict[str, Sequence[Any]] = {
        "customer_id": people,
        "as_of": [now] * len(people),
        "method": method,
        "declared": declared,
        **{name: _told(numbers[name]).tolist() for name in NUMBERS},
        **{column: levels[name].tolist() for name, column in LEVELS.items()},
    }
    put_columns(session, Score, columns, on_conflict=REPLACE)


def levels_of(session: Session, people: Sequence[UUID]) -> Levels:
    """The levels of customers as they were assessed last, by name, in the order of the ids; "" before that.

    Declared dimensions of which somebody has a level are among them.
    """
    columns = [Score.__table__.c[name] for name in (*LEVELS.values(), "declared")]
    rows = session.execute(select(Score.customer_id, *columns).where(among(Score.customer_id, people)))
    found = rows.all()
    known = {row[0]: tuple(row[1:-1]) for row in found}
    own = {row[0]: row[-1] for row in found if row[-1]}
    nothing = ("",) * len(LEVELS)
    table = np.array([known.get(one, nothing) for one in people], dtype=np.str_).reshape(-1, len(LEVELS))
    declared = {
        code: np.array([own.get(one, {}).get(code, {}).get("level", "") for one in people], dtype=np.str_)
        for code in sorted({code for one in own.values() for code in one})
    }
    return declared | {name: table[:, at] for at, name in enumerate(LEVELS)}


def of(session: Session, customer_id: UUID) -> Score:
    """The numbers of a canonical customer; raises NotFound before the first assessment."""
    found = session.get(Score, customer_id)
    if found is None:
        raise NotFound("Nothing is computed for this customer yet; ask again in a second.")
    return found


def _told(values: Floats) -> Floats:
    """What single precision cannot tell from 0 is 0: the database refuses to round it."""
    return np.where(np.abs(values) < LEAST, 0.0, values)
