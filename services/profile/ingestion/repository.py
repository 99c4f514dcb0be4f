"""Statements of the doors themselves."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.consents.tables import ConsentPurpose


def purposes(session: Session) -> set[str]:
    """What customers can agree to."""
    return set(session.scalars(select(ConsentPurpose.purpose)))
