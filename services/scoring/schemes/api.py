"""Versions of schemes over HTTP. Drafts and publishing stand above the nouns that the schemes are about."""

from typing import Annotated, Any

from fastapi import Path

from services.scoring.schemes import repository
from services.scoring.schemes.schemas import Kind, SchemeDetailOut, SchemeOut
from services.scoring.schemes.tables import Scheme
from shared.web.dependencies import Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("/schemes", tag="Schemes")
Version = Annotated[int, Path(ge=1, le=2**31 - 1)]


@router.get("/{kind}", scope="scoring:read", response_model=Listing[SchemeOut])
def list_versions(kind: Kind, session: ReadSession, page: Page) -> Any:
    """Versions of a kind, the newest first: that one counts."""
    return repository.listed(session, kind, page)


@router.get("/{kind}/{version}", scope="scoring:read", response_model=SchemeDetailOut)
def read_version(kind: Kind, version: Version, session: ReadSession) -> Scheme:
    """What a version says."""
    return repository.get(session, kind, version)
