"""`/internal/erasures`: whom a service has erased, for an owner whose database was restored to an earlier state."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from shared import erasure
from shared.web.dependencies import ReadSession
from shared.web.routing import INTERNAL, Router
from shared.web.schemas import Instant, Out

PAGE = 1_000


class ErasedOut(Out):
    """One id that was erased."""

    customer_id: UUID
    erased_at: Instant


router = Router("/internal/erasures", tag="Erasures")


@router.get("", scope=INTERNAL, response_model=list[ErasedOut])
def list_erased(session: ReadSession, after: Annotated[UUID | None, Query()] = None) -> Any:
    """Erased ids in order, a thousand a page, those after an id."""
    return erasure.erased_after(session, after, PAGE)
