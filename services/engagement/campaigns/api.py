"""HTTP: `/campaigns`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.engagement.audiences import usecases as audiences
from services.engagement.audiences.schemas import Answer
from services.engagement.campaigns import repository, usecases
from services.engagement.campaigns.schemas import CampaignOut, CampaignPatch, NewCampaign, Status
from services.engagement.campaigns.tables import Campaign
from shared.web.dependencies import CurrentRuntime, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import REQUIRED, Router
from shared.web.schemas import Listing, Many

router = Router("/campaigns", tag="Campaigns")


def _drafted(body: NewCampaign, runtime: CurrentRuntime) -> Answer:
    return audiences.hear(runtime.settings, dict(body.audience))


def _edited(body: CampaignPatch, runtime: CurrentRuntime) -> Answer:
    return audiences.hear(runtime.settings, dict(body.audience or ()))


def _stored(campaign_id: UUID, runtime: CurrentRuntime) -> Answer:
    return usecases.hear(runtime, campaign_id)


# A dependency is met before an endpoint, or the key it came with, begins a transaction.
Drafted = Annotated[Answer, Depends(_drafted)]
Edited = Annotated[Answer, Depends(_edited)]
Stored = Annotated[Answer, Depends(_stored)]


@router.get("", scope="engagement:read")
def list_campaigns(session: ReadSession, page: Page, status: Many[Status] | None = None) -> Listing[CampaignOut]:
    """Campaigns, newest first."""
    return repository.listed(session, page, status)  # type: ignore[return-value]


@router.post("", scope="engagement:write", status_code=201, location="/campaigns/{id}", response_model=CampaignOut)
def create_campaign(body: NewCampaign, heard: Drafted, session: WriteSession, now: Now) -> Campaign:
    """Draft a campaign. Nobody is written to before it is scheduled or started."""
    audiences.require(heard)
    return usecases.create(session, body, now)


@router.get("/{campaign_id}", scope="engagement:read", response_model=CampaignOut)
def read_campaign(campaign_id: UUID, session: ReadSession) -> Campaign:
    """One campaign."""
    return usecases.get(session, campaign_id)


@router.patch("/{campaign_id}", scope="engagement:write", response_model=CampaignOut)
def edit_campaign(
    campaign_id: UUID, body: CampaignPatch, heard: Edited, *, session: WriteSession, if_match: IfMatch, now: Now
) -> Campaign:
    """Change a draft (JSON Merge Patch)."""
    audiences.require(heard)
    return usecases.edit(session, campaign_id, body, if_match, now)


@router.delete("/{campaign_id}", scope="engagement:write")
def archive_campaign(campaign_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a campaign that does not run out of the list."""
    usecases.archive(session, campaign_id, now)


@router.post("/{campaign_id}/schedule", scope="engagement:send", idempotency=REQUIRED, response_model=CampaignOut)
def schedule_campaign(campaign_id: UUID, heard: Stored, session: WriteSession, now: Now) -> Campaign:
    """Have a draft start by itself when its window opens."""
    audiences.require(heard)
    return usecases.schedule(session, campaign_id, now)


@router.post("/{campaign_id}/start", scope="engagement:send", idempotency=REQUIRED, response_model=CampaignOut)
def start_campaign(campaign_id: UUID, heard: Stored, session: WriteSession, now: Now) -> Campaign:
    """Start now, whatever the beginning of the window, or go on after a pause."""
    audiences.require(heard)
    return usecases.start(session, campaign_id, now)


@router.post("/{campaign_id}/pause", scope="engagement:send", response_model=CampaignOut)
def pause_campaign(campaign_id: UUID, session: WriteSession, now: Now) -> Campaign:
    """Hold a campaign: nothing more is handed to a provider until it is started again."""
    return usecases.pause(session, campaign_id, now)


@router.post("/{campaign_id}/stop", scope="engagement:send", response_model=CampaignOut)
def stop_campaign(campaign_id: UUID, session: WriteSession, now: Now) -> Campaign:
    """End a campaign for ever. What waits is cancelled, as are tasks that nobody did; what a provider has is sent."""
    return usecases.stop(session, campaign_id, now)
