"""Sending the owners of customers again."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.assignments.usecases import changed
from shared.contracts.base import Origin
from shared.contracts.profile import AssignmentChanged
from shared.messaging.republish import Selection
from shared.ownership import FIELDS, CustomerOwner


def page(session: Session, selection: Selection) -> Sequence[AssignmentChanged]:
    """One page of owners in their present version."""
    whose, changed_at = CustomerOwner.customer_id, CustomerOwner.valid_from
    rows = session.scalars(
        selection.narrowed(select(CustomerOwner), whose, CustomerOwner.role, customer_id=whose, changed_at=changed_at)
    )
    return [changed({name: getattr(row, name) for name in FIELDS}, Origin.REPUBLISH, row.valid_from) for row in rows]
