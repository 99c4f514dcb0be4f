"""Statements about targets."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Float, Text, case, cast, func, literal, select, text
from sqlalchemy.orm import Session

from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import SECONDS_A_DAY
from services.scoring.scores.tables import Score
from services.scoring.statistics.tables import Statistics
from services.scoring.targets.fields import LEVELS, Field
from shared import ownership
from shared.auth.caller import Caller
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

LONG = text("SET LOCAL statement_timeout = '30min'")
AT_ONCE = 50_000
UNKNOWN = -1.0
SORTS = {"probability": (Score.churn_probability, Score.customer_id)}


def buyers(
    session: Session, fields: Sequence[Field], level: str, instant: float, every: int
) -> tuple[list[UUID], list[str], Floats]:
    """Every `every`-th buyer: ids, the level in a column of the scores, and fields; days passed until `instant`."""
    session.execute(LONG)
    columns = [_number(field, instant).label(f"f{at}") for at, field in enumerate(fields)]
    statement = (
        select(Statistics.customer_id, Score.__table__.c[level], *columns)
        .join(Score, Score.customer_id == Statistics.customer_id)
        .join(CustomerRef, CustomerRef.customer_id == Statistics.customer_id)
        .where(Statistics.orders > 0, CustomerRef.canonical_id == CustomerRef.customer_id)
        .where(func.abs(func.hashtext(cast(Statistics.customer_id, Text)) % every) == 0)
    )
    people: list[UUID] = []
    levels: list[str] = []
    parts: list[Floats] = [np.empty((0, len(fields)))]
    for some in session.execute(statement, execution_options={"yield_per": AT_ONCE}).partitions():
        rows = [tuple(row) for row in some]
        people += [row[0] for row in rows]
        levels += [row[1] for row in rows]
        parts.append(np.array([row[2:] for row in rows], dtype=np.float64))
    return people, levels, np.concatenate(parts)


def count(session: Session) -> int:
    """How many canonical customers have bought."""
    own = CustomerRef.canonical_id == CustomerRef.customer_id
    statement = select(func.count()).select_from(Statistics)
    joined = statement.join(CustomerRef, CustomerRef.customer_id == Statistics.customer_id)
    return session.scalar(joined.where(Statistics.orders > 0, own)) or 0


def churning(session: Session, page: PageRequest, caller: Caller) -> Listing[Any]:
    """One page of customers by the chance that they buy nothing within H, as they were assessed last."""
    statement = (
        select(Score.customer_id, Score.churn_probability.label("probability"), Score.as_of)
        .join(CustomerRef, CustomerRef.customer_id == Score.customer_id)
        .where(Score.churn_probability.is_not(None), CustomerRef.canonical_id == CustomerRef.customer_id)
    )
    narrowed = ownership.narrowed(statement, Score.customer_id, caller)
    return paginate(session, narrowed, page, SORTS, default="-probability")


def mean_churn(session: Session) -> float | None:
    """The mean of those chances; None where nobody has one."""
    own = CustomerRef.canonical_id == CustomerRef.customer_id
    mean = select(func.avg(Score.churn_probability))
    return session.scalar(mean.join(CustomerRef, CustomerRef.customer_id == Score.customer_id).where(own))


def _number(field: Field, instant: float) -> ColumnElement[Any]:
    if field.unit == "level":
        column = Score.__table__.c[field.source]
        return case({name: float(at) for at, name in enumerate(LEVELS)}, value=column, else_=0.0)
    column = Statistics.__table__.c[field.source]
    if field.unit == "days":
        passed = literal(instant) - cast(func.extract("epoch", column), Float) / SECONDS_A_DAY
        return func.greatest(func.floor(passed), 0.0)
    return func.coalesce(cast(column, Float), UNKNOWN if field.gaps else 0.0)
