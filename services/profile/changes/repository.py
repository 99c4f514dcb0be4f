"""Statements about the history of records."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.customers.tables import CustomerChange
from shared.db import among
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"recorded_at": (CustomerChange.recorded_at, CustomerChange.change_id)}


def listed(
    session: Session,
    customer_ids: Collection[UUID],
    page: PageRequest,
    fields: Collection[str] | None,
    writers: Collection[str] | None,
) -> Listing[Any]:
    """Changes of these ids, newest first."""
    wanted = select(CustomerChange).where(among(CustomerChange.customer_id, customer_ids))
    if fields:
        wanted = wanted.where(CustomerChange.field.in_([*fields, *(f"private_{field}" for field in fields)]))
    if writers:
        wanted = wanted.where(CustomerChange.writer.in_(writers))
    return paginate(session, wanted, page, SORTS, default="-recorded_at")
