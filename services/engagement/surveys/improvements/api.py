"""HTTP: `/improvement-actions`."""

from uuid import UUID

from services.engagement.surveys.improvements import repository, usecases
from services.engagement.surveys.improvements.schemas import ActionOut, ActionPatch, ActionStatus, NewAction
from services.engagement.surveys.improvements.tables import ImprovementAction
from shared.contracts.base import Code
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/improvement-actions", tag="Improvement actions")


@router.get("", scope="engagement:read")
def list_actions(
    session: ReadSession, page: Page, now: Now, status: Many[ActionStatus] | None = None, aspect: Code | None = None
) -> Listing[ActionOut]:
    """What was decided to be made better, newest first, with the ratings before and after."""
    found: Listing[ImprovementAction] = repository.listed(session, page, status, aspect)
    return Listing(items=usecases.told(session, found.items, now), next_cursor=found.next_cursor)


@router.post("", scope="engagement:write", status_code=201, location="/improvement-actions/{id}")
def create_action(body: NewAction, session: WriteSession, now: Now) -> ActionOut:
    """Plan to make an aspect better."""
    return usecases.told(session, [usecases.create(session, body, now)], now)[0]


@router.get("/{action_id}", scope="engagement:read")
def read_action(action_id: UUID, session: ReadSession, now: Now) -> ActionOut:
    """One action, with the ratings before it began and after it was done."""
    return usecases.told(session, [usecases.get(session, action_id)], now)[0]


@router.patch("/{action_id}", scope="engagement:write")
def edit_action(action_id: UUID, body: ActionPatch, session: WriteSession, if_match: IfMatch, now: Now) -> ActionOut:
    """Change an action (JSON Merge Patch); a status lets it begin, be done or be cancelled."""
    return usecases.told(session, [usecases.edit(session, action_id, body, if_match, now)], now)[0]


@router.delete("/{action_id}", scope="engagement:write")
def archive_action(action_id: UUID, session: WriteSession, now: Now) -> None:
    """Take an action out of the list."""
    usecases.archive(session, action_id, now)
