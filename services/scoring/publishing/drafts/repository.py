"""Statements about drafts."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scoring.publishing.drafts.tables import DraftStatus, SchemeDraft
from shared.errors import NotFound
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"created_at": (SchemeDraft.created_at, SchemeDraft.draft_id)}


def get(session: Session, kind: str, draft_id: UUID, *, locked: bool = False) -> SchemeDraft:
    """One draft, whatever became of it; raises NotFound."""
    found = session.get(SchemeDraft, draft_id, with_for_update=locked)
    if found is None or found.kind != kind:
        raise NotFound(f"There is no draft {draft_id} of {kind}.")
    return found


def listed(session: Session, kind: str, page: PageRequest) -> Listing[Any]:
    """One page of drafts that are open, the newest first."""
    wanted = select(SchemeDraft).where(SchemeDraft.kind == kind, SchemeDraft.status == DraftStatus.OPEN)
    return paginate(session, wanted, page, SORTS)
