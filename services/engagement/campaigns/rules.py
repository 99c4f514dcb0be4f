"""The course of a campaign and its groups. Pure."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.engagement.alerts.schemas import Escalation
from services.engagement.audiences import rules as audiences
from services.engagement.audiences.schemas import Answer
from services.engagement.campaigns.schemas import HOLDOUT, Window
from services.engagement.campaigns.tables import Campaign

# From which states a step may be taken.
STEPS = {
    "edit": ("draft",),
    "schedule": ("draft",),
    "start": ("draft", "scheduled", "paused"),
    "pause": ("running",),
    "stop": ("scheduled", "running", "paused"),
    "archive": ("draft", "finished", "stopped"),
}


def draw_of(campaign_id: UUID, canonical_id: UUID) -> float:
    """Where a person falls between 0 and 1 in a campaign: always the same, alike in no two campaigns."""
    digest = sha256(f"{campaign_id}:{canonical_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def arm_of(draw: float, holdout: float, variants: Sequence[dict[str, Any]]) -> str:
    """The group of a draw: below `holdout` nobody writes, above it the variants by their weights."""
    if draw < holdout:
        return HOLDOUT
    total, passed = sum(variant["weight"] for variant in variants), 0
    share = (draw - holdout) / (1 - holdout) * total
    for variant in variants:
        passed += variant["weight"]
        if share < passed:
            return str(variant["code"])
    return str(variants[-1]["code"])


def window_of(campaign: Campaign) -> Window:
    """When messages may go out."""
    return Window.model_validate(campaign.window)


def hindrance(heard: Answer) -> dict[str, Any] | None:
    """What keeps a campaign from taking its audience, by what profile said of its segments."""
    if heard.failure:
        return {"code": heard.failure.code, "fields": []}
    if heard.faults:
        return audiences.hindrance([one.field for one in heard.faults])
    return None


def escalation(campaign: Campaign, now: datetime) -> Escalation:
    """What staff are told of a campaign that did not start; once it was scheduled again it may be told again."""
    key = f"campaign:{campaign.campaign_id}:{campaign.version}"
    facts = {"name": campaign.name, "reason": (campaign.hindrance or {}).get("code")}
    return Escalation(key, "campaign_hindered", campaign.campaign_id, "lead", now, facts)


def is_over(campaign: Campaign, now: datetime) -> bool:
    """Whether the window has closed."""
    return window_of(campaign).end <= now
