"""Planning, beginning and ending improvement actions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.actions import usecases as actions
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.improvements import repository, rules
from services.engagement.surveys.improvements.schemas import ActionOut, ActionPatch, NewAction
from services.engagement.surveys.improvements.tables import ImprovementAction
from shared.db import put
from shared.errors import FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, stamps


def create(session: Session, draft: NewAction, roster: Roster, now: datetime) -> ImprovementAction:
    """Plan an action; `roster` is what `staff.hear` gave.

    Raises Invalid for an unknown survey, or an owner who is not in use.
    """
    if draft.survey_id is not None and draft.survey_id not in surveys.by_id(session, [draft.survey_id]):
        fault = FieldError("survey_id", "reference_not_found", "there is no such survey")
        raise Invalid("There is no such survey.", errors=[fault])
    staff.require(roster, owner_id=draft.owner_id)
    row = {**draft.model_dump(), "action_id": new_id(), "status": "planned", **stamps(now)}
    put(session, ImprovementAction, [row])
    return session.get_one(ImprovementAction, row["action_id"])


def edit(
    session: Session, action_id: UUID, patch: ActionPatch, if_match: int, *, roster: Roster, now: datetime
) -> ImprovementAction:
    """Change an action, or let it begin or end.

    Raises `invalid_transition`, and Invalid for a time that cannot be or a new owner who is not in use.
    """
    action = get(session, action_id, locked=True)
    return actions.edit(session, action, patch, if_match, steps=rules.STEPS, roster=roster, now=now)


def archive(session: Session, action_id: UUID, now: datetime) -> None:
    """Take an action out of the list; it stays readable."""
    archived(session, get(session, action_id, locked=True), now)


def get(session: Session, action_id: UUID, *, locked: bool = False) -> ImprovementAction:
    """One action, archived or not."""
    if (action := session.get(ImprovementAction, action_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such action.")
    return action


def told(session: Session, some: Sequence[ImprovementAction], now: datetime) -> list[ActionOut]:
    """Actions with the ratings before and after."""
    samples = repository.around(session, some, now)
    found = []
    for action in some:
        before, after = (samples.get((action.action_id, side)) for side in ("before", "after"))
        values = {
            "before": rules.told(before) if before else None,
            "after": rules.told(after) if after else None,
            "change": rules.change(before, after) if before and after else None,
        }
        found.append(ActionOut.model_validate(action).model_copy(update=values))
    return found
