"""Telling of erasures again: a new or restored service erases before it hears anything else."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.privacy import repository, usecases
from shared.contracts.profile import ErasureCompleted, ErasureRequested
from shared.messaging.republish import Selection


def requested(session: Session, selection: Selection) -> Sequence[ErasureRequested]:
    """One page of ids that were to be erased."""
    rows = repository.page(session, selection, completed=False)
    return [usecases.asked(row, UUID(row["member_id"])) for row in rows]


def completed(session: Session, selection: Selection) -> Sequence[ErasureCompleted]:
    """One page of ids that were erased everywhere."""
    rows = repository.page(session, selection, completed=True)
    return [usecases.told(row, UUID(row["member_id"])) for row in rows]
