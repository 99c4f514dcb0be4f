"""HTTP: `/corrective-actions`."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from services.engagement.complaints.actions import repository, usecases
from services.engagement.complaints.actions.schemas import (
    ActionKind,
    ActionOut,
    ActionPatch,
    ActionStatus,
    NewAction,
    Verdict,
)
from services.engagement.complaints.actions.tables import CorrectiveAction
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from shared.contracts.base import Code
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/corrective-actions", tag="Corrective actions")


def _planned(body: NewAction, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, [body.owner_id])


def _edited(body: ActionPatch, runtime: CurrentRuntime, now: Now) -> Roster:
    return staff.hear(runtime.settings, now, [body.owner_id])


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Planned = Annotated[Roster, Depends(_planned)]
Edited = Annotated[Roster, Depends(_edited)]


@router.get("", scope="engagement:read")
def list_actions(
    session: ReadSession,
    runtime: CurrentRuntime,
    page: Page,
    now: Now,
    *,
    status: Many[ActionStatus] | None = None,
    kind: Many[ActionKind] | None = None,
    root_cause: Code | None = None,
    overdue: Annotated[bool | None, Query(description="Whether its day is over and it is not done.")] = None,
) -> Listing[ActionOut]:
    """What was decided to be done, newest first, with how often it happened before and after."""
    today = now.astimezone(runtime.settings.zone).date()
    wanted: dict[str, Any] = {"status": status, "kind": kind, "root_cause": root_cause, "overdue": overdue}
    found: Listing[CorrectiveAction] = repository.listed(session, page, today=today, **wanted)
    return Listing(items=usecases.told(session, found.items, now), next_cursor=found.next_cursor)


@router.post("", scope="engagement:write", status_code=201, location="/corrective-actions/{id}")
def create_action(body: NewAction, roster: Planned, session: WriteSession, now: Now) -> ActionOut:
    """Plan to do something about a root cause or a category."""
    return usecases.told(session, [usecases.create(session, body, roster, now)], now)[0]


@router.get("/{action_id}", scope="engagement:read")
def read_action(action_id: UUID, session: ReadSession, now: Now) -> ActionOut:
    """One action, with how often it happened before it began and after it was done."""
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


@router.post("/{action_id}/verify", scope="engagement:approve")
def verify_action(action_id: UUID, body: Verdict, session: WriteSession, now: Now) -> ActionOut:
    """Judge, once its days are over, whether it helped."""
    return usecases.told(session, [usecases.verify(session, action_id, body, now)], now)[0]
