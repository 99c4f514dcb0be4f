"""Templates on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.engagement.language.schemas import Block
from shared.contracts.base import Code
from shared.web.schemas import Body, Out

Purpose = Literal["marketing", "service", "transactional"]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Source = Annotated[str, StringConstraints(min_length=1, max_length=65_536)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Parameters = dict[Name, Line]
Value = Annotated[str, StringConstraints(max_length=2000)] | int | float | bool | None


class Variable(Body):
    """A value that the sender of a message gives."""

    type: Literal["string", "number", "boolean"] = "string"
    required: bool = False


class EmailText(Body):
    """A mail. Without `text` the text part is what the HTML says."""

    subject: Line = Field(examples=["{{ customer.name }}，谢谢你"])
    html: Source = Field(examples=["<p>{{ customer.name }}，谢谢你。</p>"])
    text: Source | None = None


class PushText(Body):
    """A notification of an app."""

    title: Line
    text: Line


class WechatText(Body):
    """A subscription message: a template registered at the provider, and what fills it."""

    provider_template: Code
    page: Line | None = None
    parameters: Parameters = Field(max_length=20)


class SmsText(Body):
    """A short message: its text, and how the provider knows it."""

    text: Line
    provider_template: Code | None = None
    page: Line | None = None
    parameters: Parameters = Field(default={}, max_length=20)


class SpokenText(Body):
    """What whoever calls or visits is to say; it is shown with the task."""

    text: Source


class NoteText(Body):
    """What a system of the merchant's own is given to show, such as in a member centre."""

    title: Line | None = None
    text: Source
    parameters: Parameters = Field(default={}, max_length=20)


class Texts(Body):
    """What is said, by channel and locale."""

    email: dict[Locale, EmailText] = Field(default={}, max_length=20)
    sms: dict[Locale, SmsText] = Field(default={}, max_length=20)
    wechat: dict[Locale, WechatText] = Field(default={}, max_length=20)
    push: dict[Locale, PushText] = Field(default={}, max_length=20)
    webhook: dict[Locale, NoteText] = Field(default={}, max_length=20)
    phone: dict[Locale, SpokenText] = Field(default={}, max_length=20)
    visit: dict[Locale, SpokenText] = Field(default={}, max_length=20)


class NewTemplate(Body):
    """A template to be drafted."""

    code: Code = Field(examples=["thank-you"])
    purpose: Purpose = Field(examples=["service"])
    topic: Code = Field(description="The consent purpose it belongs to.", examples=["service"])
    context: list[Block] = Field(
        default=[],
        max_length=6,
        description="What texts may speak of beside the customer. What a message is not about reads as nothing: it has "
        "an `order` or a `case` (a complaint) where one led to it, a `survey` where it invites to one. "
        "`coupon` and `points` are not available yet.",
        examples=[["order"]],
    )
    variables: dict[Name, Variable] = Field(default={}, max_length=50)
    channels: Texts


class TemplatePatch(Body):
    """JSON Merge Patch of a draft: absent stays, null removes a variable, channel, locale or text."""

    purpose: Purpose | None = None
    topic: Code | None = None
    context: list[Block] | None = None
    variables: dict[str, Any] | None = None
    channels: dict[str, Any] | None = None


class TemplateOut(Out):
    """A template's draft."""

    id: UUID = Field(validation_alias="template_id")
    code: Code
    purpose: Purpose
    topic: Code
    context: list[Block]
    variables: dict[str, Variable]
    channels: dict[str, dict[str, dict[str, Any]]]
    version: int
    published_version: int | None
    created_at: datetime
    updated_at: datetime


class TemplateVersionOut(Out):
    """A template as it was published."""

    id: UUID = Field(validation_alias="template_id")
    version: int
    code: Code
    purpose: Purpose
    topic: Code
    context: list[Block]
    variables: dict[str, Variable]
    channels: dict[str, dict[str, dict[str, Any]]]
    published_at: datetime
