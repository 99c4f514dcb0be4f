"""Drafts and presets over HTTP."""

from typing import Any
from uuid import UUID

from services.scoring.publishing.drafts import repository, rules, usecases
from services.scoring.publishing.drafts.schemas import DraftOut, DraftPatch, NewDraft, PresetsOut
from services.scoring.publishing.drafts.tables import SchemeDraft
from services.scoring.schemes.schemas import Kind
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing

router = Router("", tag="Scheme drafts")
ONE = "/schemes/{kind}/drafts/{draft_id}"


@router.get("/scheme-presets", scope="scoring:read", response_model=PresetsOut)
def list_presets() -> Any:
    """What is usual by trade, to begin a draft of dimensions with."""
    return {"items": list(rules.PRESETS.values())}


@router.get("/schemes/{kind}/drafts", scope="scoring:read", response_model=Listing[DraftOut])
def list_drafts(kind: Kind, session: ReadSession, page: Page) -> Any:
    """Drafts that are open, the newest first."""
    return repository.listed(session, kind, page)


@router.post(
    "/schemes/{kind}/drafts",
    scope="scoring:admin",
    status_code=201,
    location="/schemes/{kind}/drafts/{id}",
    response_model=DraftOut,
)
def create_draft(kind: Kind, body: NewDraft, session: WriteSession, runtime: CurrentRuntime, now: Now) -> SchemeDraft:
    """Begin a draft: of a content, of a preset, or of what is in force."""
    return usecases.create(session, kind, body, runtime.settings.base_currency, now)


@router.get(ONE, scope="scoring:read", response_model=DraftOut)
def read_draft(kind: Kind, draft_id: UUID, session: ReadSession) -> SchemeDraft:
    """One draft, whatever became of it."""
    return repository.get(session, kind, draft_id)


@router.patch(ONE, scope="scoring:admin", response_model=DraftOut)
def edit_draft(
    kind: Kind, draft_id: UUID, body: DraftPatch, *, session: WriteSession, if_match: IfMatch, now: Now
) -> SchemeDraft:
    """Change the content of an open draft (JSON Merge Patch)."""
    return usecases.edit(session, kind, draft_id, body, if_match=if_match, now=now)


@router.delete(ONE, scope="scoring:admin")
def discard_draft(kind: Kind, draft_id: UUID, session: WriteSession, now: Now) -> None:
    """Give an open draft up."""
    usecases.discard(session, kind, draft_id, now)
