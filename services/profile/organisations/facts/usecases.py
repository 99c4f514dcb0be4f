"""Recording facts about organisations. The latest of each kind stands in the organisation's record and is told."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.instants import rules as instants
from services.profile.organisations import usecases as organisations
from services.profile.organisations.facts import repository
from services.profile.organisations.facts.schemas import FactPatch, NewFact
from services.profile.organisations.facts.tables import OrganisationFact
from shared.errors import NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps


def record(session: Session, organisation_id: UUID, body: NewFact, actor: str, now: datetime) -> OrganisationFact:
    """Note what was known of an organisation at a day. Raises NotFound, and Invalid for a day that is not believed."""
    _refuse(body.as_of, now)
    canonical_id = organisations.linked(session, organisation_id)[0]
    row = {"fact_id": new_id(), "organisation_id": canonical_id, **body.model_dump(), **stamps(now)}
    repository.add(session, [row])
    _tell(session, canonical_id, actor, now)
    return get(session, canonical_id, row["fact_id"])


def edit(
    session: Session,
    organisation_id: UUID,
    fact_id: UUID,
    patch: FactPatch,
    actor: str,
    *,
    if_match: int,
    now: datetime,
) -> OrganisationFact:
    """Correct a fact by a JSON Merge Patch."""
    row = get(session, organisation_id, fact_id, locked=True)
    body = patched(row, NewFact, patch, if_match)
    _refuse(body.as_of, now)
    moved_on(session, row, now, **body.model_dump())
    _tell(session, row.organisation_id, actor, now)
    return row


def archive(session: Session, organisation_id: UUID, fact_id: UUID, actor: str, now: datetime) -> None:
    """Take a fact out of use; it stays readable."""
    row = get(session, organisation_id, fact_id, locked=True)
    if archived(session, row, now):
        _tell(session, row.organisation_id, actor, now)


def get(session: Session, organisation_id: UUID, fact_id: UUID, *, locked: bool = False) -> OrganisationFact:
    """One fact about an organisation, by any linked id; raises NotFound."""
    row = repository.of(session, organisations.linked(session, organisation_id), fact_id, locked=locked)
    if row is None:
        raise NotFound("There is no such fact about this organisation.")
    return row


def _tell(session: Session, organisation_id: UUID, actor: str, now: datetime) -> None:
    latest = repository.latest(session, organisation_id)
    customers.adjust(
        session, [organisation_id], lambda record: {"facts": latest} if record["facts"] != latest else {}, actor, now
    )


def _refuse(as_of: date, now: datetime) -> None:
    instants.refuse([("as_of", datetime.combine(as_of, time(), UTC))], now)
