"""Merges over HTTP."""

from typing import Any
from uuid import UUID

from services.profile.links import usecases
from services.profile.links.schemas import MergeOut, NewMerge
from shared.web.dependencies import Now, ReadSession, WriteSession
from shared.web.routing import REQUIRED, Router

router = Router("/merges", tag="Merges")


@router.post(
    "",
    scope="profile:write",
    idempotency=REQUIRED,
    status_code=201,
    location="/merges/{id}",
    response_model=MergeOut,
)
def merge_customers(body: NewMerge, session: WriteSession, now: Now) -> Any:
    """Say that some customers are one person. Records and facts stay as they are; only links change."""
    return usecases.get(session, usecases.join(session, body.survivor_id, body.absorbed_ids, now))


@router.get("/{merge_id}", scope="profile:read", response_model=MergeOut)
def read_merge(merge_id: UUID, session: ReadSession) -> Any:
    """One merge."""
    return usecases.get(session, merge_id)


@router.post("/{merge_id}/undo", scope="profile:write", response_model=MergeOut)
def undo_merge(merge_id: UUID, session: WriteSession, now: Now) -> Any:
    """Separate again what a merge put together; every fact goes back to the person it came with."""
    usecases.undo(session, merge_id, now)
    return usecases.get(session, merge_id)
