"""Statements about how customers spread over levels."""

from collections.abc import Sequence

from sqlalchemy import RowMapping, func, select
from sqlalchemy.orm import Session

from services.scoring.scores.tables import Score
from shared.linking import CustomerRef


def distribution(session: Session, names: Sequence[str]) -> Sequence[RowMapping]:
    """How many canonical customers have each combination of levels."""
    columns = [Score.__table__.c[f"{name}_level"].label(name) for name in names]
    own = CustomerRef.canonical_id == CustomerRef.customer_id
    statement = select(*columns, func.count().label("customers")).select_from(Score)
    found = statement.join(CustomerRef, CustomerRef.customer_id == Score.customer_id).where(own)
    return session.execute(found.group_by(*columns).order_by(*columns)).mappings().all()
