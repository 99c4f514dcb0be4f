"""Drafting, scheduling, starting, pausing and stopping campaigns."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.alerts import usecases as alerts
from services.engagement.audiences import usecases as audiences
from services.engagement.audiences.schemas import Answer, Working
from services.engagement.campaigns import repository, rules
from services.engagement.campaigns.schemas import CampaignPatch, NewCampaign
from services.engagement.campaigns.tables import Campaign
from services.engagement.messages import usecases as messages
from services.engagement.tasks import usecases as tasks
from services.engagement.templates import usecases as templates
from shared.db import put
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.runtime import Runtime
from shared.web.versioned import archived, moved_on, patched, stamps

ASKED_AGAIN = timedelta(minutes=1)
EDITED = (
    *("name", "purpose", "topic", "channels", "audience", "holdout", "variants", "window"),
    *("throttle_per_minute", "attribution"),
)


def create(session: Session, draft: NewCampaign, now: datetime) -> Campaign:
    """Store a draft. Raises Invalid for templates that do not exist or are for another purpose."""
    row = {
        **_values(session, draft),
        "campaign_id": new_id(),
        "status": "draft",
        **stamps(now),
    }
    put(session, Campaign, [row])
    return session.get_one(Campaign, row["campaign_id"])


def edit(session: Session, campaign_id: UUID, patch: CampaignPatch, if_match: int, now: datetime) -> Campaign:
    """Change a draft by a JSON Merge Patch."""
    campaign = get(session, campaign_id, locked=True)
    _require(campaign, "edit")
    draft = patched(campaign, NewCampaign, patch, if_match)
    return moved_on(session, campaign, now, **_values(session, draft))


def schedule(session: Session, campaign_id: UUID, now: datetime) -> Campaign:
    """Have a draft start by itself when its window opens."""
    campaign = _stepping(session, campaign_id, "schedule")
    _require_ready(session, campaign, now)
    campaign.status, campaign.due_at, campaign.hindrance = "scheduled", rules.window_of(campaign).start, None
    return moved_on(session, campaign, now)


def start(session: Session, campaign_id: UUID, now: datetime) -> Campaign:
    """Open the window now and take the audience; a paused campaign goes on with what it held back."""
    campaign = _stepping(session, campaign_id, "start")
    _require_ready(session, campaign, now)
    if campaign.status == "paused":
        messages.release_held(session, campaign.campaign_id, now)
    begin(campaign, now)
    return moved_on(session, campaign, now)


def begin(campaign: Campaign, now: datetime) -> None:
    """Let a campaign run from now on. The first start counts for what is attributed to it."""
    campaign.status, campaign.due_at, campaign.hindrance = "running", now, None
    campaign.started_at = campaign.started_at or now


def is_hindered(session: Session, campaign: Campaign, heard: Answer, now: datetime) -> bool:
    """Whether a campaign may not take its audience, by what profile said of its segments.

    One that names segments that do not count is a draft again, and staff are told; while profile says nothing it waits.
    """
    hindrance = rules.hindrance(heard)
    if heard.failure:
        campaign.hindrance, campaign.due_at = hindrance, now + ASKED_AGAIN
    elif hindrance:
        _hindered(session, campaign, hindrance, now)
        alerts.raise_all(session, [rules.escalation(campaign, now)], now)
    return hindrance is not None


def heed_segments(runtime: Runtime) -> int:
    """Look whether the segments of scheduled campaigns still count; how many are drafts again since they do not."""
    return audiences.heed(runtime, WORKING)


def pause(session: Session, campaign_id: UUID, now: datetime) -> Campaign:
    """Hold a campaign: from the moment this returns no message of it is handed to a provider."""
    campaign = _stepping(session, campaign_id, "pause")
    campaign.status, campaign.due_at = "paused", None
    messages.hold(session, campaign.campaign_id, now)
    return moved_on(session, campaign, now)


def stop(session: Session, campaign_id: UUID, now: datetime) -> Campaign:
    """End a campaign for ever: what waits and the tasks that nobody did are cancelled, nobody more is written to."""
    campaign = _stepping(session, campaign_id, "stop")
    end(session, campaign, "stopped", now)
    tasks.end_of_cases(session, {campaign_id: now}, now)
    return moved_on(session, campaign, now)


def end(session: Session, campaign: Campaign, status: str, now: datetime) -> None:
    """Close a campaign as finished or stopped; what still waits is cancelled."""
    campaign.status, campaign.due_at, campaign.ended_at = status, None, now
    messages.cancel_campaign(session, campaign.campaign_id, f"campaign_{status}", now)


def archive(session: Session, campaign_id: UUID, now: datetime) -> None:
    """Take a campaign that does not run out of the list; it stays readable."""
    campaign = _stepping(session, campaign_id, "archive")
    archived(session, campaign, now)


def hear(runtime: Runtime, campaign_id: UUID) -> Answer:
    """What profile says of the segments of an audience still to be taken. Asked before a transaction begins."""
    with runtime.database.reading() as session:
        campaign = session.get(Campaign, campaign_id)
        audience = campaign.audience if campaign and campaign.snapshot_at is None else {}
    return audiences.hear(runtime.settings, audience)


def get(session: Session, campaign_id: UUID, *, locked: bool = False) -> Campaign:
    """One campaign, archived or not."""
    if (campaign := session.get(Campaign, campaign_id, with_for_update=locked or None)) is None:
        raise NotFound("There is no such campaign.")
    return campaign


def locked(session: Session, campaign_ids: Collection[UUID]) -> dict[UUID, Campaign]:
    """Campaigns under lock until the transaction ends: whoever pauses or stops them waits for it."""
    return repository.locked(session, campaign_ids) if campaign_ids else {}


def still_claimed(session: Session, campaign_id: UUID, stamp: datetime) -> Campaign | None:
    """A claimed campaign under lock; None when it was started, paused or stopped since."""
    return repository.still_claimed(session, campaign_id, stamp)


def _values(session: Session, draft: NewCampaign) -> dict[str, Any]:
    faults = []
    known = templates.by_code(session, {variant.template for variant in draft.variants})
    for at, variant in enumerate(draft.variants):
        template = known.get(variant.template)
        if template is None:
            faults.append(FieldError(f"variants.{at}.template", "reference_not_found", "there is no such template"))
        elif template.purpose != draft.purpose:
            faults.append(FieldError(f"variants.{at}.template", "not_allowed", f"it is for {template.purpose}"))
    if faults:
        raise Invalid("The campaign is not valid.", errors=faults)
    return draft.model_dump(mode="json", by_alias=True, include=set(EDITED))


def _require_ready(session: Session, campaign: Campaign, now: datetime) -> None:
    known = templates.by_code(session, {variant["template"] for variant in campaign.variants})
    faults = [
        FieldError(f"variants.{at}.template", "reference_not_found", "the template is not published")
        for at, variant in enumerate(campaign.variants)
        if known[variant["template"]].published_version is None
    ]
    if rules.is_over(campaign, now):
        faults.append(FieldError("window.to", "too_old", "the window has closed"))
    if faults:
        raise Invalid("The campaign cannot start.", errors=faults)


def _stepping(session: Session, campaign_id: UUID, step: str) -> Campaign:
    campaign = get(session, campaign_id, locked=True)
    _require(campaign, step)
    return campaign


def _require(campaign: Campaign, step: str) -> None:
    if campaign.status not in rules.STEPS[step] or (campaign.archived_at and step != "archive"):
        raise Conflict(f"A campaign that is {campaign.status} cannot do that.", code="invalid_transition")


def _hindered(session: Session, campaign: Campaign, hindrance: dict[str, Any], now: datetime) -> None:
    as_before: dict[str, Any] = {"status": "draft", "started_at": None, "snapshot_after": None, "due_at": None}
    moved_on(session, campaign, now, **as_before, hindrance=hindrance)


WORKING = Working(Campaign, Campaign.status == "scheduled", _hindered, rules.escalation)
