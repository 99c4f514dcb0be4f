"""Sources over HTTP."""

from typing import Any
from uuid import UUID

from services.profile.sources import repository, usecases
from services.profile.sources.schemas import (
    NewSecret,
    NewSource,
    SecretOut,
    SourceKind,
    SourceOut,
    SourcePatch,
    Status,
)
from services.profile.sources.tables import Source
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/sources", tag="Sources")


@router.get("", scope="profile:read", response_model=Listing[SourceOut])
def list_sources(
    session: ReadSession, page: Page, kind: Many[SourceKind] | None = None, status: Many[Status] | None = None
) -> Any:
    """Stores and channels in use."""
    return repository.listed(session, page, kind, status)


@router.post("", scope="profile:admin", status_code=201, location="/sources/{id}", response_model=SourceOut)
def create_source(body: NewSource, session: WriteSession, now: Now) -> Source:
    """Add a store or channel. A code that reports named already has its source: change that one."""
    return usecases.create(session, body, now)


@router.get("/{source_id}", scope="profile:read", response_model=SourceOut)
def read_source(source_id: UUID, session: ReadSession) -> Source:
    """One store or channel."""
    return usecases.get(session, source_id)


@router.patch("/{source_id}", scope="profile:admin", response_model=SourceOut)
def edit_source(source_id: UUID, body: SourcePatch, session: WriteSession, if_match: IfMatch, now: Now) -> Source:
    """Change a source (JSON Merge Patch)."""
    return usecases.edit(session, source_id, body, if_match, now)


@router.delete("/{source_id}", scope="profile:admin")
def archive_source(source_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a source out of use."""
    usecases.archive(session, source_id, now)


@router.post("/{source_id}/secrets", scope="profile:admin", status_code=201)
def rotate_secret(source_id: UUID, body: NewSecret, session: WriteSession, now: Now) -> SecretOut:
    """Give a source a new webhook secret. The former one is good for the overlap, so that nothing is refused."""
    return usecases.rotate(session, source_id, body, now)
