"""Cases of disclosure over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.profile.disclosures import repository, usecases
from services.profile.disclosures.schemas import DisclosureFilter, DisclosureOut
from services.profile.disclosures.tables import DisclosureCase
from shared.web.dependencies import Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/disclosures", tag="Disclosures")


@router.get("", scope="profile:admin", response_model=Listing[DisclosureOut])
def list_disclosures(session: ReadSession, page: Page, wanted: Annotated[DisclosureFilter, Depends()]) -> Any:
    """What customers asked their shop to be told, the most urgent first."""
    return repository.listed(session, wanted, page)


@router.get("/{disclosure_id}", scope="profile:admin", response_model=DisclosureOut)
def read_disclosure(disclosure_id: UUID, session: ReadSession) -> DisclosureCase:
    """One case."""
    return usecases.get(session, disclosure_id)


@router.post("/{disclosure_id}/answer", scope="profile:admin", response_model=DisclosureOut)
def answer_disclosure(disclosure_id: UUID, session: WriteSession, now: Now) -> DisclosureCase:
    """The customer was told."""
    return usecases.answer(session, disclosure_id, now)
