"""HTTP: the audience of a campaign."""

from uuid import UUID

from services.engagement.broadcasts import repository, usecases
from services.engagement.broadcasts.schemas import AudiencePreview, MemberOut
from services.engagement.campaigns import usecases as campaigns
from shared.contracts.base import Code
from shared.web.dependencies import CurrentCaller, CurrentRuntime, Now, Page, ReadSession
from shared.web.routing import IGNORED, OWN, Router
from shared.web.schemas import Listing

router = Router("/campaigns/{campaign_id}/audience", tag="Campaigns")


@router.post("/preview", scope="engagement:read", idempotency=IGNORED)
def preview_audience(campaign_id: UUID, runtime: CurrentRuntime, now: Now) -> AudiencePreview:
    """How many the campaign would mean now, who is left out, and what the gates say to a sample. Changes nothing."""
    return usecases.preview(runtime, campaign_id, now)


@router.get("", scope="engagement:read", managers=OWN)
def list_audience(
    campaign_id: UUID, session: ReadSession, page: Page, caller: CurrentCaller, group: Code | None = None
) -> Listing[MemberOut]:
    """Whom the campaign meant when it started, by id: the group, or why they were left out, and what became of it."""
    campaigns.get(session, campaign_id)
    return repository.listed(session, campaign_id, page, group, caller)
