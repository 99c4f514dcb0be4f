"""Statements about actions and the complaints around them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import false, func, select, text
from sqlalchemy.orm import Session

from services.engagement.complaints.actions.rules import UNDONE, recurrence
from services.engagement.complaints.actions.schemas import Recurrence
from services.engagement.complaints.actions.tables import CorrectiveAction
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (CorrectiveAction.created_at, CorrectiveAction.action_id)}
SHOWN = 50  # in a complaint
# Complaints that turned out to be none, or the same one again, do not count.
AROUND = text(
    """
    SELECT s.number, count(c.complaint_id)
    FROM unnest(CAST(:numbers AS int[]), CAST(:causes AS text[]), CAST(:categories AS text[]),
        CAST(:begins AS timestamptz[]), CAST(:ends AS timestamptz[])) AS s (number, cause, category, begins, ends)
    LEFT JOIN complaint c ON c.opened_at >= s.begins AND c.opened_at < s.ends
        AND c.status NOT IN ('rejected', 'duplicate')
        AND (s.cause IS NULL OR c.root_cause = s.cause OR starts_with(c.root_cause, s.cause || '.'))
        AND (s.category IS NULL OR c.category = s.category OR starts_with(c.category, s.category || '.'))
    GROUP BY s.number
    """
)


def listed(
    session: Session,
    page: PageRequest,
    *,
    status: Sequence[str] | None,
    kind: Sequence[str] | None,
    root_cause: str | None,
    overdue: bool | None,
    today: date,
) -> Listing[CorrectiveAction]:
    """Actions that are not archived."""
    wanted = select(CorrectiveAction).where(CorrectiveAction.archived_at.is_(None))
    wanted = wanted.where(CorrectiveAction.status.in_(status)) if status else wanted
    wanted = wanted.where(CorrectiveAction.kind.in_(kind)) if kind else wanted
    wanted = wanted.where(CorrectiveAction.root_cause == root_cause) if root_cause else wanted
    if overdue is not None:
        late = CorrectiveAction.status.in_(UNDONE) & (CorrectiveAction.due_on < today)
        wanted = wanted.where(func.coalesce(late, false()).is_(overdue))
    return paginate(session, wanted, page, SORTS)


def of_complaint(session: Session, complaint_id: UUID) -> Sequence[CorrectiveAction]:
    """The newest actions that a complaint led to and that are not archived."""
    led = CorrectiveAction.complaint_id == complaint_id
    wanted = select(CorrectiveAction).where(led, CorrectiveAction.archived_at.is_(None))
    newest = wanted.order_by(CorrectiveAction.created_at.desc(), CorrectiveAction.action_id)
    return session.scalars(newest.limit(SHOWN)).all()


def around(session: Session, actions: Sequence[CorrectiveAction], now: datetime) -> dict[tuple[UUID, str], Recurrence]:
    """How often it happened in the days before each action began and after it was done, by (action, side)."""
    spans = [span for action in actions for span in _spans(action, now)]
    if not spans:
        return {}
    binds = {
        "numbers": list(range(len(spans))),
        "causes": [action.root_cause for action, *_ in spans],
        "categories": [action.category for action, *_ in spans],
        "begins": [begin for *_, begin, _ in spans],
        "ends": [end for *_, end in spans],
    }
    counts: dict[int, int] = dict(session.execute(AROUND, binds).all())
    return {
        (action.action_id, side): recurrence(counts[number], begin, end)
        for number, (action, side, begin, end) in enumerate(spans)
    }


def _spans(action: CorrectiveAction, now: datetime) -> list[tuple[CorrectiveAction, str, datetime, datetime]]:
    window = timedelta(days=action.window_days)
    found = []
    if action.started_at:
        found.append((action, "before", action.started_at - window, action.started_at))
    if action.done_at:
        found.append((action, "after", action.done_at, max(action.done_at, min(action.done_at + window, now))))
    return found
