"""Planning, beginning, ending and verifying corrective and preventive actions."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.actions import usecases as actions
from services.engagement.complaints.actions import repository, rules
from services.engagement.complaints.actions.schemas import ActionOut, ActionPatch, NewAction, Verdict
from services.engagement.complaints.actions.tables import CorrectiveAction
from services.engagement.complaints.tables import Complaint
from services.engagement.complaints.terms import usecases as terms
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from shared.db import put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, stamps

UNSET = ("started_at", "done_at", "verified_at", "effective")


def create(session: Session, draft: NewAction, roster: Roster, now: datetime) -> CorrectiveAction:
    """Plan an action; `roster` is what `staff.hear` gave.

    Raises Invalid where it is about nothing, or about what is not known, and for an owner who is not in use.
    """
    if draft.root_cause is None and draft.category is None:
        raise _refused("root_cause", "required", "say what it is about: a root cause, a category or both")
    for kind, code, field in (("cause", draft.root_cause, "root_cause"), ("category", draft.category, "category")):
        if code is not None:
            terms.require(session, kind, code, field)  # type: ignore[arg-type]
    if draft.complaint_id is not None and session.get(Complaint, draft.complaint_id) is None:
        raise _refused("complaint_id", "reference_not_found", "there is no such complaint")
    staff.require(roster, owner_id=draft.owner_id)
    row = draft.model_dump() | dict.fromkeys(UNSET) | {"action_id": new_id(), "status": "open", **stamps(now)}
    put(session, CorrectiveAction, [row])
    return session.get_one(CorrectiveAction, row["action_id"])


def edit(
    session: Session, action_id: UUID, patch: ActionPatch, if_match: int, *, roster: Roster, now: datetime
) -> CorrectiveAction:
    """Change an action, or let it begin or end.

    Raises `invalid_transition`, and Invalid for a time that cannot be or a new owner who is not in use.
    """
    action = get(session, action_id, locked=True)
    return actions.edit(session, action, patch, if_match, steps=rules.STEPS, roster=roster, now=now)


def verify(session: Session, action_id: UUID, body: Verdict, now: datetime) -> CorrectiveAction:
    """Judge what it did. Raises `invalid_transition` before it is done and its days are over."""
    action = get(session, action_id, locked=True)
    if action.status != "done" or action.done_at is None:
        raise Conflict(f"An action that is {action.status} cannot be verified.", code="invalid_transition")
    until = action.done_at + action.window_days * rules.DAY
    if now < until:
        raise Conflict(f"It can be told from {until:%Y-%m-%d} on whether it helped.", code="invalid_transition")
    return moved_on(session, action, now, status="verified", verified_at=now, effective=body.effective)


def archive(session: Session, action_id: UUID, now: datetime) -> None:
    """Take an action out of the list; it stays readable."""
    archived(session, get(session, action_id, locked=True), now)


def get(session: Session, action_id: UUID, *, locked: bool = False) -> CorrectiveAction:
    """One action, archived or not."""
    if (action := session.get(CorrectiveAction, action_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such action.")
    return action


def of_complaint(session: Session, complaint_id: UUID) -> Sequence[CorrectiveAction]:
    """What a complaint led to, newest first."""
    return repository.of_complaint(session, complaint_id)


def told(session: Session, some: Sequence[CorrectiveAction], now: datetime) -> list[ActionOut]:
    """Actions with how often it happened before and after."""
    counts = repository.around(session, some, now)
    found = []
    for action in some:
        before, after = (counts.get((action.action_id, side)) for side in ("before", "after"))
        effect = rules.effect(before, after) if before and after else None
        values = {"before": before, "after": after, "effect": effect}
        found.append(ActionOut.model_validate(action).model_copy(update=values))
    return found


def _refused(field: str, code: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}.", errors=[FieldError(field, code, message)])
