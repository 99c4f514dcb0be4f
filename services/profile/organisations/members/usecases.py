"""Letting customers belong to organisations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.links import usecases as links
from services.profile.organisations import usecases as organisations
from services.profile.organisations.members import repository
from shared.errors import FieldError, Invalid


def add(session: Session, organisation_id: UUID, customer_id: UUID, role: str | None, now: datetime) -> None:
    """Let a person belong to an organisation as something, in place of what they were there before."""
    canonical_id = organisations.linked(session, organisation_id)[0]
    person = links.person(session, customer_id)
    if canonical_id == person.canonical_id:
        fault = FieldError("customer_id", "not_allowed", "an organisation is no member of itself")
        raise Invalid("Not valid: customer_id.", errors=[fault])
    remove(session, organisation_id, customer_id)
    row = {"organisation_id": canonical_id, "customer_id": person.canonical_id, "role": role, "created_at": now}
    repository.save(session, [row])


def remove(session: Session, organisation_id: UUID, customer_id: UUID) -> None:
    """Let a person, by whichever linked id, no longer belong to an organisation."""
    member_ids = links.person(session, customer_id).member_ids
    repository.remove(session, organisations.linked(session, organisation_id), member_ids)
