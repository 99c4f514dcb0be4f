"""Facts about organisations over HTTP."""

from uuid import UUID

from services.profile.organisations import usecases as organisations
from services.profile.organisations.facts import repository, usecases
from services.profile.organisations.facts.schemas import FactKind, FactOut, FactPatch, NewFact
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/organisations/{organisation_id}/facts", tag="Organisation facts")
PII = "profile:pii"


@router.get("", scope="profile:read")
def list_facts(
    organisation_id: UUID,
    session: ReadSession,
    page: Page,
    caller: CurrentCaller,
    kind: Many[FactKind] | None = None,
) -> Listing[FactOut]:
    """What was known of an organisation and when, of all linked ids, the latest first."""
    found = repository.listed(session, organisations.linked(session, organisation_id), page, kind)
    items = [FactOut.of(one, pii=caller.may(PII)) for one in found.items]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.post("", scope="profile:write", status_code=201, location="/organisations/{organisation_id}/facts/{id}")
def record_fact(
    organisation_id: UUID, body: NewFact, session: WriteSession, caller: CurrentCaller, now: Now
) -> FactOut:
    """Note what was known of an organisation at a day."""
    return FactOut.of(usecases.record(session, organisation_id, body, caller.id, now), pii=caller.may(PII))


@router.get("/{fact_id}", scope="profile:read")
def read_fact(organisation_id: UUID, fact_id: UUID, session: ReadSession, caller: CurrentCaller) -> FactOut:
    """One fact, archived or not."""
    return FactOut.of(usecases.get(session, organisation_id, fact_id), pii=caller.may(PII))


@router.patch("/{fact_id}", scope="profile:write")
def edit_fact(
    organisation_id: UUID,
    fact_id: UUID,
    body: FactPatch,
    *,
    session: WriteSession,
    caller: CurrentCaller,
    if_match: IfMatch,
    now: Now,
) -> FactOut:
    """Correct a fact (JSON Merge Patch)."""
    row = usecases.edit(session, organisation_id, fact_id, body, caller.id, if_match=if_match, now=now)
    return FactOut.of(row, pii=caller.may(PII))


@router.delete("/{fact_id}", scope="profile:write")
def archive_fact(organisation_id: UUID, fact_id: UUID, session: WriteSession, caller: CurrentCaller, now: Now) -> None:
    """Take a fact out of use; it stays readable."""
    usecases.archive(session, organisation_id, fact_id, caller.id, now)
