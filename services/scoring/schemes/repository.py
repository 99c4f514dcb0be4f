"""Statements about schemes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.scoring.schemes.tables import Scheme
from shared.errors import NotFound
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"scheme_version": (Scheme.scheme_version,)}


def newest(session: Session) -> Sequence[Scheme]:
    """The newest version of each kind."""
    statement = select(Scheme).ext(distinct_on(Scheme.kind)).order_by(Scheme.kind, Scheme.scheme_version.desc())
    return session.scalars(statement).all()


def latest(session: Session, kind: str, *, below: int | None = None) -> Scheme | None:
    """The newest version of a kind, or the newest below another version."""
    statement = select(Scheme).where(Scheme.kind == kind).order_by(Scheme.scheme_version.desc()).limit(1)
    if below is not None:
        statement = statement.where(Scheme.scheme_version < below)
    return session.scalars(statement).one_or_none()


def last(session: Session) -> int:
    """The newest version of any kind; 0 before there was any."""
    return session.scalar(select(func.max(Scheme.scheme_version))) or 0


def get(session: Session, kind: str, version: int) -> Scheme:
    """One version; raises NotFound."""
    found = session.get(Scheme, (kind, version))
    if found is None:
        raise NotFound(f"There is no version {version} of {kind}.")
    return found


def settle(session: Session, kind: str, version: int, now: datetime) -> None:
    """Set when everybody had been assessed by a version."""
    which = (Scheme.kind == kind) & (Scheme.scheme_version == version)
    session.execute(update(Scheme).where(which).values(settled_at=now))


def listed(session: Session, kind: str, page: PageRequest) -> Listing[Any]:
    """One page of versions, the newest first."""
    return paginate(session, select(Scheme).where(Scheme.kind == kind), page, SORTS, default="-scheme_version")


def page(session: Session, selection: Selection) -> Sequence[Scheme]:
    """Schemes that count, by kind, for sending them again. None of them is about a customer."""
    if selection.customer_id is not None:
        return []
    found = [one for one in newest(session) if selection.after is None or one.kind > selection.after]
    return [one for one in found if selection.since is None or one.effective_at >= selection.since][: selection.limit]
