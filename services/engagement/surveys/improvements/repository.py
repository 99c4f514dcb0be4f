"""Statements about improvement actions and the ratings around them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.engagement.surveys.improvements.rules import Sample
from services.engagement.surveys.improvements.tables import ImprovementAction
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (ImprovementAction.created_at, ImprovementAction.action_id)}
AROUND = text(
    """
    SELECT s.action_id, s.side, count(v.rating), avg(v.rating)::float8, stddev_samp(v.rating)::float8
    FROM unnest(CAST(:actions AS uuid[]), CAST(:sides AS text[]), CAST(:aspects AS text[]), CAST(:surveys AS uuid[]),
        CAST(:begins AS timestamptz[]), CAST(:ends AS timestamptz[]))
        AS s (action_id, side, aspect, survey_id, begins, ends)
    LEFT JOIN LATERAL (
        SELECT CASE s.aspect WHEN 'csat' THEN r.csat ELSE (r.ratings ->> s.aspect)::int END AS rating
        FROM survey_response r
        WHERE (s.survey_id IS NULL AND r.source <> 'public' OR r.survey_id = s.survey_id)
        AND r.answered_at >= s.begins AND r.answered_at < s.ends
    ) v ON v.rating IS NOT NULL
    GROUP BY s.action_id, s.side
    """
)


def listed(
    session: Session, page: PageRequest, status: Sequence[str] | None, aspect: str | None
) -> Listing[ImprovementAction]:
    """Actions that are not archived."""
    wanted = select(ImprovementAction).where(ImprovementAction.archived_at.is_(None))
    wanted = wanted.where(ImprovementAction.status.in_(status)) if status else wanted
    return paginate(session, wanted.where(ImprovementAction.aspect == aspect) if aspect else wanted, page, SORTS)


def around(session: Session, actions: Sequence[ImprovementAction], now: datetime) -> dict[tuple[UUID, str], Sample]:
    """The ratings in the days before each action began and after it was done, by (action, side)."""
    spans = []
    for action in actions:
        window = timedelta(days=action.window_days)
        if action.started_at:
            spans.append((action, "before", action.started_at - window, action.started_at))
        if action.done_at:
            spans.append((action, "after", action.done_at, min(action.done_at + window, now)))
    if not spans:
        return {}
    binds = {
        "actions": [action.action_id for action, *_ in spans],
        "sides": [side for _, side, *_ in spans],
        "aspects": [action.aspect for action, *_ in spans],
        "surveys": [action.survey_id for action, *_ in spans],
        "begins": [begins for *_, begins, _ in spans],
        "ends": [ends for *_, ends in spans],
    }
    return {(row[0], row[1]): Sample(*row[2:]) for row in session.execute(AROUND, binds)}
