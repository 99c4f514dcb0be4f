"""HTTP: the results of a campaign."""

from uuid import UUID

from services.engagement.lifts import usecases
from services.engagement.lifts.schemas import ResultsOut
from shared.web.dependencies import CurrentRuntime, ReadSession
from shared.web.routing import Router

router = Router("/campaigns/{campaign_id}/results", tag="Campaigns")


@router.get("", scope="engagement:read")
def read_results(campaign_id: UUID, session: ReadSession, runtime: CurrentRuntime) -> ResultsOut:
    """How far a campaign is, what each group bought, and the lift against the hold-out with its interval."""
    return usecases.results(session, campaign_id, runtime.settings.base_currency)
