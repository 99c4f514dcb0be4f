"""Statements about reviews."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.jobs import UNFINISHED, Job


def latest(session: Session, kind: str) -> Job | None:
    """The job of a kind that ended last, however it ended."""
    ended = select(Job).where(Job.kind == kind, Job.status.not_in(UNFINISHED))
    return session.scalars(ended.order_by(Job.finished_at.desc()).limit(1)).one_or_none()
