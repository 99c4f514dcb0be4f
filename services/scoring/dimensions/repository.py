"""Statements about how customers spread over levels."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, or_, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.scoring.customers.tables import Customer
from services.scoring.dimensions.schemas import NAMES, DistributionFilter
from services.scoring.levels.tables import LevelHistory
from services.scoring.scores.tables import Score
from services.scoring.segments.tables import SegmentsOf
from shared.linking import CustomerRef

DECLARED = text("""
SELECT DISTINCT one ->> 'code' AS code
FROM scheme CROSS JOIN LATERAL jsonb_array_elements(content -> 'declared') AS one
WHERE kind = 'dimensions' ORDER BY code
""")


def distribution(session: Session, names: Sequence[str], whom: DistributionFilter) -> Sequence[RowMapping]:
    """How many canonical customers have each combination of levels; one not looked at since a declaration has none."""
    columns = [_level(name).label(name) for name in names]
    own = CustomerRef.canonical_id == CustomerRef.customer_id
    statement = select(*columns, func.count().label("customers")).select_from(Score)
    found = statement.join(CustomerRef, CustomerRef.customer_id == Score.customer_id).where(own, *_conditions(whom))
    return session.execute(found.group_by(*columns).order_by(*columns)).mappings().all()


def _conditions(whom: DistributionFilter) -> Iterator[ColumnElement[bool]]:
    if whom.region is not None:
        yield Score.customer_id.in_(select(Customer.customer_id).where(Customer.region.in_(whom.region)))
    if whom.segment_id is not None:
        in_any = or_(*(SegmentsOf.members.contains([str(one)]) for one in whom.segment_id))
        yield Score.customer_id.in_(select(SegmentsOf.customer_id).where(in_any))
    if whom.tier is not None:
        held = select(LevelHistory.customer_id, LevelHistory.level).where(LevelHistory.name == "tier")
        held = held.ext(distinct_on(LevelHistory.customer_id))
        latest = held.order_by(LevelHistory.customer_id, LevelHistory.since.desc()).subquery()
        yield Score.customer_id.in_(select(latest.c.customer_id).where(latest.c.level.in_(whom.tier)))


def ever_declared(session: Session) -> list[str]:
    """The codes of dimensions that any version of the scheme declares."""
    return list(session.scalars(DECLARED))


def _level(name: str) -> ColumnElement[Any]:
    if name in NAMES:
        return Score.__table__.c[f"{name}_level"]
    found: ColumnElement[Any] = Score.declared[name]["level"].astext
    return found
