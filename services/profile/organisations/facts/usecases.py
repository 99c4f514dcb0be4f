"""Recording facts about organisations. The latest of each kind stands in the organisation's record and is told."""

from datetime import UTC, date, datetime, time
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.instants import rules as instants
from services.profile.organisations import usecases as organisations
from services.profile.organisations.facts import repository
from services.profile.organisations.facts.schemas import FactPatch, NewFact
from services.profile.organisations.facts.tables import OrganisationFact
from shared.errors import NotFound
from shared.ids import new_id
from shared.web.dependencies import require_version
from shared.web.patches import merged
from shared.web.validation import invalid

FIELDS = tuple(NewFact.model_fields)


def record(session: Session, organisation_id: UUID, body: NewFact, actor: str, now: datetime) -> OrganisationFact:
    """Note what was known of an organisation at a day. Raises NotFound, and Invalid for a day that is not believed."""
    _refuse(body.as_of, now)
    canonical_id = organisations.linked(session, organisation_id)[0]
    stamps = {"version": 1, "created_at": now, "updated_at": now, "archived_at": None}
    row = {"fact_id": new_id(), "organisation_id": canonical_id, **body.model_dump(), **stamps}
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
    require_version(row.version, if_match)
    document = merged({name: getattr(row, name) for name in FIELDS}, patch.model_dump(exclude_unset=True))
    try:
        body = NewFact.model_validate(document)
    except ValidationError as error:
        raise invalid(error.errors(include_input=False, include_url=False)) from None
    _refuse(body.as_of, now)
    row.value, row.as_of, row.source, row.text = body.value, body.as_of, body.source, body.text
    return _moved(session, row, actor, now)


def archive(session: Session, organisation_id: UUID, fact_id: UUID, actor: str, now: datetime) -> None:
    """Take a fact out of use; it stays readable."""
    row = get(session, organisation_id, fact_id, locked=True)
    if row.archived_at is None:
        row.archived_at = now
        _moved(session, row, actor, now)


def get(session: Session, organisation_id: UUID, fact_id: UUID, *, locked: bool = False) -> OrganisationFact:
    """One fact about an organisation, by any linked id; raises NotFound."""
    row = repository.of(session, organisations.linked(session, organisation_id), fact_id, locked=locked)
    if row is None:
        raise NotFound("There is no such fact about this organisation.")
    return row


def _moved(session: Session, row: OrganisationFact, actor: str, now: datetime) -> OrganisationFact:
    row.version, row.updated_at = row.version + 1, now
    session.flush()
    _tell(session, row.organisation_id, actor, now)
    return row


def _tell(session: Session, organisation_id: UUID, actor: str, now: datetime) -> None:
    latest = repository.latest(session, organisation_id)
    customers.adjust(
        session, [organisation_id], lambda record: {"facts": latest} if record["facts"] != latest else {}, actor, now
    )


def _refuse(as_of: date, now: datetime) -> None:
    instants.refuse([("as_of", datetime.combine(as_of, time(), UTC))], now)
