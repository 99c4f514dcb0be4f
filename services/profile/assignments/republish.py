"""Sending the owners of customers again."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.profile.assignments.usecases import changed
from shared.contracts.base import Origin
from shared.contracts.profile import AssignmentChanged
from shared.messaging.republish import Selection
from shared.ownership import FIELDS, CustomerOwner


def page(session: Session, selection: Selection) -> Sequence[AssignmentChanged]:
    """One page of owners in their present version."""
    key = tuple_(CustomerOwner.customer_id, CustomerOwner.role)
    statement = select(CustomerOwner).order_by(CustomerOwner.customer_id, CustomerOwner.role)
    if selection.after is not None:
        statement = statement.where(key > tuple_(*selection.after))
    if selection.customer_id is not None:
        statement = statement.where(CustomerOwner.customer_id == selection.customer_id)
    if selection.since is not None:
        statement = statement.where(CustomerOwner.valid_from >= selection.since)
    rows = session.scalars(statement.limit(selection.limit))
    return [changed({name: getattr(row, name) for name in FIELDS}, Origin.REPUBLISH, row.valid_from) for row in rows]
