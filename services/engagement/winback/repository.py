"""Statements about cases of winning back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case as when
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from services.engagement.winback.rules import Cell
from services.engagement.winback.schemas import ENDS, RUNNING
from services.engagement.winback.tables import WinbackCase, WinbackEnding
from services.engagement.winback_offers.tables import WinbackOffer
from shared import ownership
from shared.auth.caller import Caller
from shared.db import NOTHING, among, put
from shared.errors import NotFound
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "priority": (WinbackCase.priority, WinbackCase.case_id),
    "opened_at": (WinbackCase.opened_at, WinbackCase.case_id),
}


def add(session: Session, rows: Sequence[dict[str, Any]]) -> set[UUID]:
    """Store cases; the warnings that had none before."""
    added = put(session, WinbackCase, rows, on_conflict=NOTHING, key=["warning_id"], returning=["warning_id"])
    return {row.warning_id for row in added}


def add_endings(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Store what became of warnings."""
    put(session, WinbackEnding, rows, on_conflict=NOTHING)


def end(session: Session, warning_ids: Collection[UUID]) -> set[UUID]:
    """End the running cases of warnings that ended; which were ended."""
    status = when(ENDS, value=WinbackEnding.outcome, else_="closed")
    ended = session.execute(
        update(WinbackCase)
        .where(
            WinbackCase.warning_id == WinbackEnding.warning_id,
            among(WinbackCase.warning_id, warning_ids),
            WinbackCase.status.in_(RUNNING),
        )
        .values(
            status=status,
            ended_at=WinbackEnding.at,
            ended_by=WinbackEnding.outcome,
            changed_at=WinbackEnding.at,
            version=WinbackCase.version + 1,
        )
        .returning(WinbackCase.warning_id)
        .execution_options(synchronize_session=False)
    )
    return set(ended.scalars())


def of_warnings(session: Session, warning_ids: Collection[UUID]) -> Sequence[WinbackCase]:
    """The cases of warnings as they are now."""
    wanted = select(WinbackCase).where(among(WinbackCase.warning_id, warning_ids)).order_by(WinbackCase.case_id)
    return session.scalars(wanted.execution_options(populate_existing=True)).all()


def get(session: Session, case_id: UUID, caller: Caller, *, locked: bool = False) -> WinbackCase:
    """One case, if the caller may see it; raises NotFound."""
    found = session.get(WinbackCase, case_id, with_for_update=locked or None)
    if found is None:
        raise NotFound("There is no such case.")
    ownership.require(session, caller, found.customer_id)
    return found


def running(session: Session, case_id: UUID) -> WinbackCase | None:
    """A case that is still followed, under lock."""
    wanted = select(WinbackCase).where(WinbackCase.case_id == case_id, WinbackCase.status.in_(RUNNING))
    return session.scalars(wanted.with_for_update()).one_or_none()


def listed(
    session: Session,
    page: PageRequest,
    caller: Caller,
    *,
    status: Sequence[str] | None,
    reason: Sequence[str] | None,
    customer_ids: Collection[UUID] | None,
) -> Listing[WinbackCase]:
    """Cases as far as the caller may see, the most urgent first."""
    wanted = ownership.narrowed(select(WinbackCase), WinbackCase.customer_id, caller)
    wanted = wanted.where(WinbackCase.status.in_(status)) if status else wanted
    wanted = wanted.where(WinbackCase.reason.in_(reason)) if reason else wanted
    wanted = wanted.where(among(WinbackCase.customer_id, customer_ids)) if customer_ids is not None else wanted
    return paginate(session, wanted, page, SORTS, default="-priority")


def cells(session: Session, opened_from: datetime | None, opened_to: datetime | None) -> list[Cell]:
    """How many cases opened in a span are where, by offer and reason."""
    wanted = (
        select(WinbackOffer.code, WinbackCase.reason, WinbackCase.status, func.count())
        .select_from(WinbackCase)
        .outerjoin(WinbackOffer, WinbackOffer.offer_id == WinbackCase.offer_id)
        .group_by(WinbackOffer.code, WinbackCase.reason, WinbackCase.status)
    )
    wanted = wanted.where(WinbackCase.opened_at >= opened_from) if opened_from else wanted
    wanted = wanted.where(WinbackCase.opened_at < opened_to) if opened_to else wanted
    return [Cell(*row) for row in session.execute(wanted)]


def told(session: Session, selection: Selection) -> Sequence[WinbackCase]:
    """A page of cases by id, for telling them again."""
    whose, changed = WinbackCase.customer_id, WinbackCase.changed_at
    page = selection.narrowed(select(WinbackCase), WinbackCase.case_id, customer_id=whose, changed_at=changed)
    return session.scalars(page).all()
