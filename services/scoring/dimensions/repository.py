"""Statements about how customers spread over levels."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, func, select, text
from sqlalchemy.orm import Session

from services.scoring.dimensions.schemas import NAMES
from services.scoring.scores.tables import Score
from shared.linking import CustomerRef

DECLARED = text("""
SELECT DISTINCT one ->> 'code' AS code
FROM scheme CROSS JOIN LATERAL jsonb_array_elements(content -> 'declared') AS one
WHERE kind = 'dimensions' ORDER BY code
""")


def distribution(session: Session, names: Sequence[str]) -> Sequence[RowMapping]:
    """How many canonical customers have each combination of levels; one not looked at since a declaration has none."""
    columns = [_level(name).label(name) for name in names]
    own = CustomerRef.canonical_id == CustomerRef.customer_id
    statement = select(*columns, func.count().label("customers")).select_from(Score)
    found = statement.join(CustomerRef, CustomerRef.customer_id == Score.customer_id).where(own)
    return session.execute(found.group_by(*columns).order_by(*columns)).mappings().all()


def ever_declared(session: Session) -> list[str]:
    """The codes of dimensions that any version of the scheme declares."""
    return list(session.scalars(DECLARED))


def _level(name: str) -> ColumnElement[Any]:
    if name in NAMES:
        return Score.__table__.c[f"{name}_level"]
    found: ColumnElement[Any] = Score.declared[name]["level"].astext
    return found
