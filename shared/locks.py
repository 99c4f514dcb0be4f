"""Being alone with something until the transaction ends."""

from sqlalchemy import text
from sqlalchemy.orm import Session

ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


def alone(session: Session, name: str) -> None:
    """Wait until no other transaction of this service is alone with the same name, and keep others waiting."""
    session.execute(ALONE, {"name": name})
