"""Ways to staff on the wire, and what passes through them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from pydantic import Field, StringConstraints

from services.engagement.channels.adapters.webhook import SigningSecret, Url
from services.engagement.channels.schemas import ADDRESS, Name, Result, SecretValue
from shared.contracts.base import Code, Label, Title
from shared.web.schemas import Body, Out

RouteKind = Literal["mail", "webhook", "wecom", "dingtalk", "feishu"]
Cause = Literal["complaint_escalated", "task_escalated", "campaign_hindered", "care_rule_hindered", "survey_hindered"]
Level = Literal["owner", "lead"]
Locale = Literal["zh", "en"]
Target = Annotated[dict[Name, SecretValue], Field(min_length=1, max_length=5)]
TARGET = (
    "`mail` {address} · `webhook` {url, secret}, signed as Standard Webhooks has it · `wecom` {url} · "
    "`dingtalk`, `feishu` {url, secret}: the address of a group's robot, and its secret if it checks signatures."
)
CAUSES: tuple[Cause, ...] = get_args(Cause)
LEVELS: tuple[Level, ...] = ("owner", "lead")


class Mailbox(Body):
    """Whose mailbox."""

    address: Annotated[str, StringConstraints(pattern=ADDRESS, max_length=320)]


class Hook(Body):
    """A system of the merchant's own."""

    url: Url
    secret: SigningSecret


class Robot(Body):
    """The robot of a group."""

    url: Url
    secret: Annotated[str, StringConstraints(min_length=8, max_length=200)] | None = None


class KeyedRobot(Body):
    """The robot of a group whose address holds its key."""

    url: Url


class NewRoute(Body):
    """A way to staff."""

    code: Code = Field(examples=["leads"])
    name: Title = Field(examples=["主管 Leads"])
    kind: RouteKind = Field(examples=["mail"])
    target: Target = Field(description=TARGET, examples=[{"address": "leads@shop.example"}])
    causes: list[Cause] = Field(
        default=list(CAUSES), min_length=1, max_length=len(CAUSES), description="What it is told of."
    )
    to: list[Level] = Field(
        default=list(LEVELS),
        min_length=1,
        max_length=2,
        description="Escalations to whom. All but complaints go to the lead.",
    )
    locale: Locale = "zh"
    enabled: bool = True


class RoutePatch(Body):
    """JSON Merge Patch of a way: absent stays."""

    name: Title | None = None
    target: dict[Name, SecretValue | None] | None = Field(default=None, examples=[{"address": "boss@shop.example"}])
    causes: list[Cause] | None = None
    to: list[Level] | None = None
    locale: Locale | None = None
    enabled: bool | None = None


class RouteOut(Out):
    """A way to staff. Where it leads is shown as the mailbox or the host; what opens it is never shown."""

    id: UUID
    code: Code
    name: Title
    kind: RouteKind
    leads_to: Label = Field(examples=["leads@shop.example"])
    target_set: list[Name] = Field(description="What it was told.")
    causes: list[Cause]
    to: list[Level]
    locale: Locale
    enabled: bool
    version: int
    created_at: datetime
    updated_at: datetime


class Trial(Body):
    """An alert to try a way with."""

    cause: Cause = "complaint_escalated"
    dry: bool = Field(default=True, description="Only show what would be sent.")


class TrialOut(Out):
    """What was or would be sent, and what became of it; null where nothing was sent."""

    subject: str
    text: str
    result: Result | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Notice:
    """One alert in its words, ready for a way. `facts` are codes, numbers and times."""

    alert_id: UUID
    cause: str
    subject: str
    text: str
    facts: Mapping[str, Any]
    locale: str
    sender: Mapping[str, str]
    at: datetime
