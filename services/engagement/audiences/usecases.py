"""Asking audiences."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.audiences import repository
from services.engagement.audiences.rules import Audience


def among(session: Session, audience: Audience, canonical_ids: Collection[UUID]) -> set[UUID]:
    """Which of these people an audience means now."""
    return repository.among(session, audience, canonical_ids)
