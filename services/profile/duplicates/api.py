"""Proposed duplicates over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.profile.duplicates import repository, usecases
from services.profile.duplicates.schemas import DuplicateFilter, DuplicateOut
from shared.web.dependencies import Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/duplicates", tag="Duplicates")


@router.get("", scope="profile:read", response_model=Listing[DuplicateOut])
def list_duplicates(session: ReadSession, page: Page, wanted: Annotated[DuplicateFilter, Depends()]) -> Any:
    """Pairs of customers that may be one person, the surest first, with reasons.

    Preview with `POST /merges/preview`, merge with `POST /merges`, or dismiss the proposal.
    """
    return repository.listed(session, wanted, page)


@router.post("/{duplicate_id}/dismiss", scope="profile:write", response_model=DuplicateOut)
def dismiss_duplicate(duplicate_id: UUID, session: WriteSession) -> Any:
    """They are two people."""
    return usecases.dismiss(session, duplicate_id)
