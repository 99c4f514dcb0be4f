"""HTTP: `/task-outcomes`."""

from uuid import UUID

from services.engagement.task_outcomes import usecases
from services.engagement.task_outcomes.schemas import NewOutcome, OutcomeOut, OutcomePatch
from services.engagement.task_outcomes.tables import TaskOutcome
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing

router = Router("/task-outcomes", tag="Task outcomes")


@router.get("", scope="engagement:read", managers=ALL)
def list_outcomes(session: ReadSession, page: Page) -> Listing[OutcomeOut]:
    """What a task may come to, by code."""
    return usecases.listed(session, page)  # type: ignore[return-value]


@router.post("", scope="engagement:write", status_code=201, location="/task-outcomes/{id}", response_model=OutcomeOut)
def create_outcome(body: NewOutcome, session: WriteSession, now: Now) -> TaskOutcome:
    """Add an outcome that staff may choose."""
    return usecases.create(session, body, now)


@router.get("/{outcome_id}", scope="engagement:read", managers=ALL, response_model=OutcomeOut)
def read_outcome(outcome_id: UUID, session: ReadSession) -> TaskOutcome:
    """One outcome."""
    return usecases.get(session, outcome_id)


@router.patch("/{outcome_id}", scope="engagement:write", response_model=OutcomeOut)
def edit_outcome(
    outcome_id: UUID, body: OutcomePatch, session: WriteSession, if_match: IfMatch, now: Now
) -> TaskOutcome:
    """Change an outcome (JSON Merge Patch). What it said of tasks that ended stays."""
    return usecases.edit(session, outcome_id, body, if_match, now)


@router.delete("/{outcome_id}", scope="engagement:write")
def archive_outcome(outcome_id: UUID, session: WriteSession, now: Now) -> None:
    """Let nobody choose an outcome any more."""
    usecases.archive(session, outcome_id, now)
