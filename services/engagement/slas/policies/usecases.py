"""Keeping policies of service levels; one of them is always the default."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.business_hours import usecases as business_hours
from services.engagement.slas.policies import rules
from services.engagement.slas.policies.schemas import NewSlaPolicy, SlaPolicyPatch
from services.engagement.slas.policies.tables import SlaPolicy
from shared.db import NOTHING, put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import archived, moved_on, patched, stamps

SORTS = {"rank": (SlaPolicy.rank, SlaPolicy.policy_id), "code": (SlaPolicy.code,)}


def listed(session: Session, page: PageRequest) -> Listing[SlaPolicy]:
    """Policies in use, by rank."""
    return paginate(session, select(SlaPolicy).where(SlaPolicy.archived_at.is_(None)), page, SORTS, default="rank")


def create(session: Session, draft: NewSlaPolicy, now: datetime) -> SlaPolicy:
    """Store a policy. Raises Invalid, or `already_exists` for a code in use."""
    row = _values(session, draft) | {"policy_id": new_id(), **stamps(now)}
    if draft.default:
        _take_default(session, draft.applies_to, now)
    if not put(session, SlaPolicy, [row], on_conflict=NOTHING, key=["code"], returning=["policy_id"]):
        raise Conflict("There is a policy of that code already.", code="already_exists")
    return session.get_one(SlaPolicy, row["policy_id"])


def get(session: Session, policy_id: UUID, *, locked: bool = False) -> SlaPolicy:
    """One policy, archived or not."""
    if (found := session.get(SlaPolicy, policy_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such policy.")
    return found


def edit(session: Session, policy_id: UUID, patch: SlaPolicyPatch, if_match: int, now: datetime) -> SlaPolicy:
    """Change a policy; clocks that run keep what was promised. Raises `in_use` where no default would be left."""
    policy = get(session, policy_id, locked=True)
    draft = patched(policy, NewSlaPolicy, patch, if_match)
    if policy.default and not draft.default:
        raise _needed()
    values = _values(session, draft)
    if draft.default and not policy.default:
        _take_default(session, draft.applies_to, now)
    return moved_on(session, policy, now, **values)


def archive(session: Session, policy_id: UUID, now: datetime) -> None:
    """Promise it no more. Raises `in_use` for the default."""
    policy = get(session, policy_id, locked=True)
    if policy.default:
        raise _needed()
    archived(session, policy, now)


def chosen(session: Session, applies_to: str, category: str, tier: str | None) -> SlaPolicy | None:
    """The policy that counts for something of a category, of a customer of a tier."""
    wanted = select(SlaPolicy).where(SlaPolicy.applies_to == applies_to, SlaPolicy.archived_at.is_(None))
    return rules.chosen(session.scalars(wanted).all(), category, tier)


def ensure(session: Session, drafts: Sequence[NewSlaPolicy], now: datetime) -> None:
    """Add policies whose code was never in use; a default only where there is none."""
    known = {row.code: row for row in session.scalars(select(SlaPolicy))}
    held = {row.applies_to for row in known.values() if row.default}
    for draft in drafts:
        if draft.code not in known and not (draft.default and draft.applies_to in held):
            create(session, draft, now)


def _values(session: Session, draft: NewSlaPolicy) -> dict[str, Any]:
    errors = rules.faults(draft)
    if not business_hours.known(session, draft.business_hours):
        errors.append(FieldError("business_hours", "reference_not_found", "there are no such business hours"))
    if errors:
        raise Invalid("The policy is not valid.", errors=errors)
    return draft.model_dump(mode="json", exclude_none=True)


def _take_default(session: Session, applies_to: str, now: datetime) -> None:
    wanted = select(SlaPolicy).where(SlaPolicy.applies_to == applies_to, SlaPolicy.default).with_for_update()
    for held in session.scalars(wanted):
        moved_on(session, held, now, default=False)


def _needed() -> Conflict:
    return Conflict("There is always a default: make another policy the default first.", code="in_use")
