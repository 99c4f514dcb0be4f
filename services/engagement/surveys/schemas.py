"""Surveys on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from services.engagement.audiences.schemas import Audience, AudiencePatch, Hindrance
from services.engagement.channels.schemas import Kind as Channel
from services.engagement.task_outcomes.schemas import TaskKind
from shared.contracts.base import Code, Title
from shared.web.schemas import Body, Out

Status = Literal["draft", "live", "paused", "closed"]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
DAYS = 90


class Titles(Body):
    """The same words in Chinese and English; either may stand alone, and none where there are words of our own."""

    zh: Title | None = Field(default=None, examples=["配送服务"])
    en: Title | None = Field(default=None, examples=["Delivery"])

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


class _Asked(Body):
    code: Name = Field(description="Names the answer, in a form too.")
    titles: Titles = Titles()
    required: bool = False


class CsatQuestion(_Asked):
    """How satisfied, 1 to 5."""

    kind: Literal["csat"]


class NpsQuestion(_Asked):
    """How likely to recommend, 0 to 10."""

    kind: Literal["nps"]


class RatingQuestion(_Asked):
    """One aspect, 1 to 5: `quality, attitude, logistics, price, ease, repurchase` or one of the merchant's own."""

    kind: Literal["rating"]
    aspect: Name = Field(examples=["logistics"])


class Option(Body):
    """One thing to choose."""

    code: Name
    titles: Titles


class ChoiceQuestion(_Asked):
    """One of several options, or some of them."""

    kind: Literal["choice"]
    multiple: bool = False
    options: list[Option] = Field(min_length=1, max_length=30)


class TextQuestion(_Asked):
    """In the customer's own words, up to 2,000 characters."""

    kind: Literal["text"]


Question = Annotated[
    CsatQuestion | NpsQuestion | RatingQuestion | ChoiceQuestion | TextQuestion, Field(discriminator="kind")
]
Share = Annotated[float, Field(gt=0, le=1, description="The share that is asked, the same ones always.")]


class Delivered(Body):
    """So many days after an order was delivered."""

    kind: Literal["delivered"]
    after_days: int = Field(default=0, ge=0, le=60)
    sample: Share = 1.0


class CaseClosed(Body):
    """So many days after a complaint was closed; one that is taken up again meanwhile is not asked about."""

    kind: Literal["case_closed"]
    after_days: int = Field(default=0, ge=0, le=60)
    sample: Share = 1.0


class Periodic(Body):
    """Everybody of the audience once in so many days, each on a day of their own, at ten in the morning."""

    kind: Literal["periodic"]
    every_days: int = Field(ge=7, le=366)
    sample: Share = 1.0


class Manual(Body):
    """Only who is invited by name."""

    kind: Literal["manual"]


Trigger = Annotated[Delivered | CaseClosed | Periodic | Manual, Field(discriminator="kind")]


class LowScore(Body):
    """From which answers on somebody should care at once, and what they do."""

    csat_at_most: int | None = Field(default=None, ge=1, le=5, examples=[2])
    nps_at_most: int | None = Field(default=None, ge=0, le=10, examples=[6])
    task: TaskKind = Field(default="call", description="What is opened, once for an answer.")

    @model_validator(mode="after")
    def _names_a_score(self) -> "LowScore":
        if self.csat_at_most is None and self.nps_at_most is None:
            raise ValueError("name csat_at_most, nps_at_most or both")
        return self


ASKING = {
    "csat": CsatQuestion(code="csat", kind="csat", required=True),
    "nps": NpsQuestion(code="nps", kind="nps"),
    "speed": RatingQuestion(code="speed", kind="rating", aspect="logistics"),
    "more": TextQuestion(code="more", kind="text"),
}
EXAMPLE: dict[str, Any] = {
    "code": "after-delivery",
    "kind": "invited",
    "titles": {"zh": "这次购物怎么样？", "en": "How was it?"},
    "questions": [one.model_dump(mode="json", exclude_defaults=True) for one in ASKING.values()],
    "trigger": {"kind": "delivered", "after_days": 2, "sample": 1.0},
    "template": "survey",
    "channels": ["wechat", "email"],
    "valid_days": 14,
    "reminder_days": [3],
    "cooldown_days": 30,
    "low_score": {"csat_at_most": 2, "nps_at_most": 6, "task": "call"},
}


class NewSurvey(Body):
    """A survey to be drafted."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    code: Code
    kind: Literal["invited", "public"] = "invited"
    titles: Titles
    questions: list[Question] = Field(min_length=1, max_length=30)
    trigger: Trigger = Manual(kind="manual")
    audience: Audience = Audience()
    template: Code | None = Field(default=None, description="Declares `survey`; needed to invite.")
    channels: list[Channel] = Field(default=[], max_length=5, description="In order of preference.")
    valid_days: int = Field(default=14, ge=1, le=DAYS, description="For how long an invitation may be answered.")
    reminder_days: list[Annotated[int, Field(ge=1, le=DAYS)]] = Field(
        default=[], max_length=3, description="Days after the invitation, rising, while there is no answer."
    )
    cooldown_days: int = Field(default=30, ge=0, le=366, description="After an invitation to any survey.")
    low_score: LowScore | None = Field(default=None, description="Opens a task for who looks after the customer.")

    @model_validator(mode="after")
    def _reminds_in_time(self) -> "NewSurvey":
        days = self.reminder_days
        if days != sorted(set(days)) or (days and days[-1] >= self.valid_days):
            raise ValueError("reminder_days must rise and end before valid_days")
        return self


class SurveyPatch(Body):
    """JSON Merge Patch of a draft: absent stays. What is asked changes when it is published."""

    titles: dict[str, Any] | None = None
    questions: list[dict[str, Any]] | None = None
    trigger: dict[str, Any] | None = None
    audience: AudiencePatch | None = None
    template: Code | None = None
    channels: list[Channel] | None = None
    valid_days: int | None = None
    reminder_days: list[int] | None = None
    cooldown_days: int | None = None
    low_score: dict[str, Any] | None = None


class SurveyVersionOut(Out):
    """What a survey asked from a moment on."""

    survey_id: UUID
    version: int
    titles: Titles
    questions: list[Question]
    low_score: LowScore | None
    published_at: datetime


class LinkOut(Out):
    """Where anybody answers a public survey: to be printed, posted, or drawn as a QR code."""

    url: str = Field(examples=["https://shop.example.com/v1/public/surveys/5f0c2a9be1d34c7788aa0123"])


class SurveyOut(Out):
    """A survey's draft, and how far it is."""

    id: UUID = Field(validation_alias="survey_id")
    code: Code
    kind: Literal["invited", "public"]
    titles: Titles
    questions: list[Question]
    trigger: Trigger
    audience: Audience
    template: Code | None
    channels: list[Channel]
    valid_days: int
    reminder_days: list[int]
    cooldown_days: int
    low_score: LowScore | None
    status: Status
    hindrance: Hindrance | None = Field(description="Why it was paused by itself, until it is published again.")
    version: int
    published_version: int | None
    created_at: datetime
    updated_at: datetime
