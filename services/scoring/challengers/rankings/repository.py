"""Statements about rankings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.scoring.challengers.rankings.tables import RankedCustomer
from shared import ownership
from shared.auth.caller import Caller
from shared.db import put_columns
from shared.linking import CustomerRef
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"probability": (RankedCustomer.probability, RankedCustomer.customer_id)}


def replace(
    session: Session, target: str, customer_ids: Sequence[UUID], probability: Sequence[float], now: datetime
) -> None:
    """Put a ranking in the place of the one before."""
    session.execute(delete(RankedCustomer).where(RankedCustomer.target == target))
    size = len(customer_ids)
    if size:
        columns: dict[str, Sequence[Any]] = {"target": [target] * size, "as_of": [now] * size}
        columns |= {"customer_id": customer_ids, "probability": probability}
        put_columns(session, RankedCustomer, columns)


def listed(session: Session, target: str, page: PageRequest, caller: Caller) -> Listing[Any]:
    """One page of a ranking as far as the caller may see it, the likeliest first, without ids merged away since."""
    statement = (
        select(RankedCustomer.customer_id, RankedCustomer.probability, RankedCustomer.as_of)
        .join(CustomerRef, CustomerRef.customer_id == RankedCustomer.customer_id)
        .where(RankedCustomer.target == target, CustomerRef.canonical_id == CustomerRef.customer_id)
    )
    narrowed = ownership.narrowed(statement, RankedCustomer.customer_id, caller)
    return paginate(session, narrowed, page, SORTS, default="-probability")
