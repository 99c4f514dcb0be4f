"""Organisations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.profile.organisations import usecases
from services.profile.organisations.schemas import (
    NewOrganisation,
    OrganisationFilter,
    OrganisationOut,
    OrganisationPatch,
)
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/organisations", tag="Organisations")
Wanted = Annotated[OrganisationFilter, Depends()]
PII = "profile:pii"


@router.get("", scope="profile:read")
def list_organisations(
    session: ReadSession, page: Page, caller: CurrentCaller, wanted: Wanted
) -> Listing[OrganisationOut]:
    """Organisations in use, newest first; a merged one appears once. Masked without `profile:pii`."""
    found = usecases.listed(session, wanted, page)
    items = [OrganisationOut.of(row, pii=caller.may(PII)) for row in found.items]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.post("", scope="profile:write", status_code=201, location="/organisations/{id}")
def create_organisation(
    body: NewOrganisation, session: WriteSession, caller: CurrentCaller, now: Now
) -> OrganisationOut:
    """Record an organisation; it is a customer of its own kind, with the same id."""
    return OrganisationOut.of(usecases.create(session, body, now), pii=caller.may(PII))


@router.get("/{organisation_id}", scope="profile:read")
def read_organisation(organisation_id: UUID, session: ReadSession, caller: CurrentCaller) -> OrganisationOut:
    """One organisation, archived or not. The id of an absorbed record answers with the one it counts as."""
    return OrganisationOut.of(usecases.get(session, organisation_id), pii=caller.may(PII))


@router.patch("/{organisation_id}", scope="profile:write")
def edit_organisation(
    organisation_id: UUID,
    body: OrganisationPatch,
    *,
    session: WriteSession,
    caller: CurrentCaller,
    version: IfMatch,
    now: Now,
) -> OrganisationOut:
    """Change an organisation (JSON Merge Patch)."""
    row = usecases.edit(session, organisation_id, body, caller.id, version=version, now=now)
    return OrganisationOut.of(row, pii=caller.may(PII))


@router.delete("/{organisation_id}", scope="profile:write")
def archive_organisation(organisation_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> None:
    """Take an organisation out of the list; it stays readable, also as a customer."""
    usecases.archive(session, organisation_id, caller.id, now)
