"""HTTP: `/improvement-actions`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from services.engagement.surveys.improvements import repository, usecases
from services.engagement.surveys.improvements.schemas import ActionOut, ActionPatch, ActionStatus, NewAction
from services.engagement.surveys.improvements.tables import ImprovementAction
from shared.contracts.base import Code
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/improvement-actions", tag="Improvement actions")


def _planned(body: NewAction, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, [body.owner_id])


def _edited(body: ActionPatch, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, [body.owner_id])


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Planned = Annotated[Roster, Depends(_planned)]
Edited = Annotated[Roster, Depends(_edited)]


@router.get("", scope="engagement:read")
def list_actions(
    session: ReadSession, page: Page, now: Now, status: Many[ActionStatus] | None = None, aspect: Code | None = None
) -> Listing[ActionOut]:
    """What was decided to be made better, newest first, with the ratings before and after."""
    found: Listing[ImprovementAction] = repository.listed(session, page, status, aspect)
    return Listing(items=usecases.told(session, found.items, now), next_cursor=found.next_cursor)


@router.post("", scope="engagement:write", status_code=201, location="/improvement-actions/{id}")
def create_action(body: NewAction, roster: Planned, session: WriteSession, now: Now) -> ActionOut:
    """Plan to make an aspect better."""
    return usecases.told(session, [usecases.create(session, body, roster, now)], now)[0]


@router.get("/{action_id}", scope="engagement:read")
def read_action(action_id: UUID, session: ReadSession, now: Now) -> ActionOut:
    """One action, with the ratings before it began and after it was done."""
    return usecases.told(session, [usecases.get(session, action_id)], now)[0]


@router.patch("/{action_id}", scope="engagement:write")
def edit_action(
    action_id: UUID, body: ActionPatch, roster: Edited, *, session: WriteSession, if_match: IfMatch, now: Now
) -> ActionOut:
    """Change an action (JSON Merge Patch); a status lets it begin, be done or be cancelled."""
    edited = usecases.edit(session, action_id, body, if_match, roster=roster, now=now)
    return usecases.told(session, [edited], now)[0]


@router.delete("/{action_id}", scope="engagement:write")
def archive_action(action_id: UUID, session: WriteSession, now: Now) -> None:
    """Take an action out of the list."""
    usecases.archive(session, action_id, now)
