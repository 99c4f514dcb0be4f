"""Recording, changing and archiving organisations. Each is a customer: it may order, agree and be merged like one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.customers.schemas import STAFF, Change
from services.profile.identities import usecases as identities
from services.profile.identities.schemas import NewCustomer
from services.profile.links import usecases as links
from services.profile.organisations import repository
from services.profile.organisations.schemas import NewOrganisation, OrganisationFilter, OrganisationPatch
from shared.errors import NotFound
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing


def create(session: Session, body: NewOrganisation, now: datetime) -> dict[str, Any]:
    """Record an organisation nobody knows yet. Raises Conflict when somebody has an identity, Gone."""
    known = NewCustomer.model_validate({**body.model_dump(exclude_unset=True), "kind": repository.ORGANISATION})
    return get(session, identities.create(session, [known], now)[0])


def listed(session: Session, wanted: OrganisationFilter, page: PageRequest) -> Listing[dict[str, Any]]:
    """Organisations in use; raises NotFound when the member that was asked for is nobody known."""
    members = () if wanted.member_id is None else links.person(session, wanted.member_id).member_ids
    return repository.listed(session, wanted, members, page)


def get(session: Session, organisation_id: UUID) -> dict[str, Any]:
    """The record of the organisation that an id counts as; raises NotFound and Gone."""
    row = repository.get(session, links.person(session, organisation_id).canonical_id)
    if row is None:
        raise NotFound(f"There is no organisation {organisation_id}.")
    return row


def linked(session: Session, organisation_id: UUID) -> Sequence[UUID]:
    """All ids that count as an organisation, its own first; raises NotFound and Gone."""
    row = get(session, organisation_id)
    others = links.person(session, organisation_id).member_ids
    return [row["customer_id"], *(one for one in others if one != row["customer_id"])]


def edit(
    session: Session, organisation_id: UUID, patch: OrganisationPatch, actor: str, *, version: int, now: datetime
) -> dict[str, Any]:
    """Change an organisation on the word of staff. Raises PreconditionFailed when it moved on since `version`."""
    canonical_id = get(session, organisation_id)["customer_id"]
    said = patch.model_dump(exclude_unset=True)
    customers.edit(session, Change(canonical_id, said, STAFF, now, actor=actor), version, now)
    return get(session, canonical_id)


def archive(session: Session, organisation_id: UUID, actor: str, now: datetime) -> None:
    """Take an organisation out of the list; it stays readable, also as a customer."""
    canonical_id = get(session, organisation_id)["customer_id"]
    customers.adjust(
        session, [canonical_id], lambda record: {} if record["archived_at"] else {"archived_at": now}, actor, now
    )
