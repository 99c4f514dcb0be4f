"""Deliveries over HTTP."""

from typing import Any
from uuid import UUID

from services.profile.deliveries import repository
from services.profile.deliveries.schemas import DeliveryOut, Outcome
from services.profile.sources import usecases as sources
from shared.web.dependencies import Page, ReadSession
from shared.web.routing import Router
from shared.web.schemas import Label, Listing, Many

router = Router("/sources/{source_id}/deliveries", tag="Deliveries")


@router.get("", scope="profile:read", response_model=Listing[DeliveryOut])
def list_deliveries(
    source_id: UUID,
    session: ReadSession,
    page: Page,
    *,
    outcome: Many[Outcome] | None = None,
    topic: Many[Label] | None = None,
) -> Any:
    """What a source's webhooks brought lately, and what became of each delivery."""
    sources.get(session, source_id)
    return repository.listed(session, source_id, outcome, topic, page)
