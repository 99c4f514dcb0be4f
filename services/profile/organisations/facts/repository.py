"""Statements about facts of organisations."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.profile.organisations.facts.tables import OrganisationFact
from shared.db import among, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {
    "as_of": (OrganisationFact.as_of, OrganisationFact.fact_id),
    "created_at": (OrganisationFact.created_at, OrganisationFact.fact_id),
}
IN_USE = OrganisationFact.archived_at.is_(None)


def listed(
    session: Session, organisation_ids: Collection[UUID], page: PageRequest, kinds: Collection[str] | None
) -> Listing[Any]:
    """Facts in use about these ids, the latest first."""
    wanted = select(OrganisationFact).where(among(OrganisationFact.organisation_id, organisation_ids), IN_USE)
    if kinds:
        wanted = wanted.where(OrganisationFact.kind.in_(kinds))
    return paginate(session, wanted, page, SORTS, default="-as_of")


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store facts."""
    put(session, OrganisationFact, rows)


def of(
    session: Session, organisation_ids: Collection[UUID], fact_id: UUID, *, locked: bool = False
) -> OrganisationFact | None:
    """One fact about one of these ids, archived or not."""
    wanted = select(OrganisationFact).where(
        OrganisationFact.fact_id == fact_id, among(OrganisationFact.organisation_id, organisation_ids)
    )
    return session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()


def latest(session: Session, organisation_id: UUID) -> dict[str, dict[str, Any]]:
    """The latest fact in use of each kind, recorded with this very id; of two of one day the one recorded last."""
    wanted = (
        select(OrganisationFact.kind, OrganisationFact.value, OrganisationFact.as_of)
        .where(OrganisationFact.organisation_id == organisation_id, IN_USE)
        .ext(distinct_on(OrganisationFact.kind))
        .order_by(OrganisationFact.kind, OrganisationFact.as_of.desc(), OrganisationFact.fact_id.desc())
    )
    return {kind: {"value": value, "as_of": as_of.isoformat()} for kind, value, as_of in session.execute(wanted)}
