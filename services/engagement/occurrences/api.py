"""HTTP: what a care rule led to."""

from uuid import UUID

from services.engagement.care import usecases as care
from services.engagement.occurrences import repository
from services.engagement.occurrences.schemas import OccurrenceOut, OccurrenceStatus
from shared.web.dependencies import CurrentCaller, Page, ReadSession
from shared.web.routing import OWN, Router
from shared.web.schemas import Listing, Many

router = Router("/care-rules", tag="Care occurrences")


@router.get("/{rule_id}/occurrences", scope="engagement:read", managers=OWN)
def list_occurrences(
    rule_id: UUID,
    session: ReadSession,
    page: Page,
    caller: CurrentCaller,
    status: Many[OccurrenceStatus] | None = None,
) -> Listing[OccurrenceOut]:
    """Planned and past occurrences of a rule, the latest first."""
    care.get(session, rule_id)
    return repository.listed(session, rule_id, page, status, caller)  # type: ignore[return-value]
