"""Taking audiences, releasing messages and ending campaigns, one step at a time through the due queue."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.audiences import usecases as audiences
from services.engagement.audiences.schemas import Answer
from services.engagement.broadcasts import repository
from services.engagement.broadcasts.schemas import AudiencePreview
from services.engagement.broadcasts.tables import CampaignMember
from services.engagement.campaigns import rules
from services.engagement.campaigns import usecases as campaigns
from services.engagement.campaigns.tables import Campaign
from services.engagement.decisions import usecases as decisions
from services.engagement.decisions.schemas import Subject
from services.engagement.messages import usecases as messages
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Person
from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import Draft
from services.engagement.templates import usecases as templates
from services.engagement.templates.tables import Template
from shared import due, linking
from shared.runtime import Runtime
from shared.settings import Settings

PAGE = 2000
AT_ONCE = 200
AHEAD = 400  # messages of a campaign that may stand before others in the queue
SAMPLE = 200
PAUSE = timedelta(seconds=1)


def advance_due(runtime: Runtime) -> int:
    """Take the next step of one campaign that is due; how many campaigns were looked at."""
    return due.work_off(runtime, Campaign.due_at, _advance, limit=1)


def preview(runtime: Runtime, campaign_id: UUID, now: datetime) -> AudiencePreview:
    """How many a campaign would mean now, and what the gates would say to a sample. Nothing is stored or sent.

    Raises Unavailable when profile does not answer; no transaction is open while it is asked.
    """
    with runtime.database.reading() as session:
        campaign = campaigns.get(session, campaign_id)
        size, excluded = repository.size(session, campaign.audience)
        some = repository.sample(session, campaign.audience, SAMPLE)
    people = reach.fetch(runtime.settings, some, campaign.topic)
    with runtime.database.reading() as session:
        subjects = _subjects(session, campaign, some, people, now)
        refused = Counter(said.reason for said in decisions.decide(session, runtime.settings, subjects) if said.reason)
    return AudiencePreview(
        size=size,
        excluded={"excluded_segment": excluded} if excluded else {},
        assigned=size - excluded,
        sampled=len(some),
        refusals=dict(refused.most_common()),
    )


def _subjects(
    session: Session, campaign: Campaign, some: Sequence[UUID], people: Mapping[UUID, Person], now: datetime
) -> list[Subject]:
    """What the gates are asked about a sample: the first variant, when the window opens."""
    code = campaign.variants[0]["template"]
    template = templates.by_code(session, [code])[code]
    window = rules.window_of(campaign)
    common = Subject(
        customer_id=campaign.campaign_id,
        person=None,
        purpose=campaign.purpose,
        topic=campaign.topic,
        channels=campaign.channels,
        template=(template.template_id, template.published_version),
        variables={},
        at=max(now, window.start),
        expires_at=window.end,
    )
    return [replace(common, customer_id=one, person=people.get(one)) for one in some]


def _advance(runtime: Runtime, claimed: Sequence[UUID], stamp: datetime, now: datetime) -> None:
    heard = _heard(runtime, claimed[0])
    with runtime.database.transaction() as session:
        campaign = campaigns.still_claimed(session, claimed[0], stamp)
        if campaign is not None:
            _step(session, runtime, campaign, heard, now)
            session.flush()


def _heard(runtime: Runtime, campaign_id: UUID) -> Answer:
    """What profile says of the segments of a campaign that is about to take its audience, or has taken some of it."""
    with runtime.database.reading() as session:
        campaign = campaigns.get(session, campaign_id)
        audience = campaign.audience if campaign.snapshot_at is None else {}
    return audiences.hear(runtime.settings, audience)


def _step(session: Session, runtime: Runtime, campaign: Campaign, heard: Answer, now: datetime) -> None:
    if rules.is_over(campaign, now):
        campaigns.end(session, campaign, "finished", now)
    elif campaign.snapshot_at is None and campaigns.is_hindered(session, campaign, heard, now):
        if campaign.status == "draft":
            repository.forget(session, campaign.campaign_id)
    elif campaign.status == "scheduled":
        campaigns.begin(campaign, now)
    elif campaign.snapshot_at is None:
        _take(session, campaign, now)
    else:
        _release(session, runtime.settings, campaign, now)


def _take(session: Session, campaign: Campaign, now: datetime) -> None:
    """The next page of the audience, split into its groups. Who is named may be somebody of whom no event came yet.

    It is complete with an empty page: each page before was followed by the word of profile that its segments count.
    """
    if campaign.snapshot_after is None:
        linking.ensure(session, [UUID(one) for one in campaign.audience.get("customer_ids", ())])
    page = repository.meant(session, campaign.audience, campaign.snapshot_after, PAGE)
    rows: list[dict[str, Any]] = []
    for one in page:
        draw = rules.draw_of(campaign.campaign_id, one.customer_id)
        arm = None if one.excluded else rules.arm_of(draw, campaign.holdout, campaign.variants)
        reason = "excluded_segment" if one.excluded else None
        rows.append({"campaign_id": campaign.campaign_id, "customer_id": one.customer_id, "arm": arm, "reason": reason})
    repository.take(session, [{**row, "taken_at": now} for row in rows])
    if page:
        campaign.snapshot_after = page[-1].customer_id
    else:
        campaign.snapshot_at = now
    campaign.due_at, campaign.hindrance = now, None


def _release(session: Session, settings: Settings, campaign: Campaign, now: datetime) -> None:
    """Ask for the next messages, unless enough of the campaign stand in the queue; see when all is done."""
    space = AHEAD - messages.on_their_way(session, campaign.campaign_id)
    some = repository.unreleased(session, campaign.campaign_id, min(space, AT_ONCE)) if space > 0 else []
    if some:
        _ask(session, settings, campaign, some, now)
        campaign.due_at = now
    elif space > 0 and not messages.unfinished(session, campaign.campaign_id):
        campaigns.end(session, campaign, "finished", now)
    else:
        campaign.due_at = now + PAUSE


def _ask(
    session: Session, settings: Settings, campaign: Campaign, some: Sequence[CampaignMember], now: datetime
) -> None:
    written = templates.by_code(session, {variant["template"] for variant in campaign.variants})
    texts = {variant["code"]: written[variant["template"]] for variant in campaign.variants}
    drafts = [_draft(campaign, one.customer_id, texts[one.arm or ""]) for one in some]
    accepted = sending.accept(session, settings, drafts, now)
    found = {one.customer_id: message.message_id for one, (message, _) in zip(some, accepted, strict=True)}
    repository.released(session, campaign.campaign_id, found, now)


def _draft(campaign: Campaign, customer_id: UUID, template: Template) -> Draft:
    """Decided when it is sent: profile is asked once, at the last moment."""
    return Draft(
        customer_id=customer_id,
        person=None,
        template=template,
        purpose=campaign.purpose,
        topic=campaign.topic,
        channels=campaign.channels,
        expires_at=rules.window_of(campaign).end,
        dedupe_key=f"campaign:{campaign.campaign_id}:{customer_id}",
        campaign_id=campaign.campaign_id,
    )
