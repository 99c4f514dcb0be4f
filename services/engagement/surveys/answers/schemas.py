"""Answers on the wire, and what the answer page shows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StrictInt

from services.engagement.surveys.invitations.tables import SurveyInvitation
from services.engagement.surveys.schemas import Name, Question, Titles
from services.engagement.surveys.tables import Survey, SurveyVersion
from shared.contracts.base import Code
from shared.web.schemas import Body, Out

LONGEST = 2_000
Given = StrictInt | str | Annotated[list[Name], Field(max_length=30)] | None
Source = Literal["link", "member", "staff", "public"]
TICKET = "survey-ticket"  # the kind of link that is good for one answer to a public survey


class Answers(Body):
    """Answers by the code of their question: a number, words, or the codes of what was chosen."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"answers": {"csat": 4, "nps": 9, "speed": 5, "more": "很快"}}]}
    )

    answers: dict[Name, Given] = Field(default={}, max_length=50)
    ticket: str | None = Field(default=None, max_length=1000, description="Of a public survey, as it was read.")
    decline: bool = Field(default=False, description="Rather not: nothing is sent about it any more.")


@dataclass(frozen=True, slots=True)
class Taken:
    """Answers that fit their questions."""

    nps: int | None = None
    csat: int | None = None
    ratings: dict[str, int] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Door:
    """What a link opens: a survey in the version that is asked, and for whom."""

    survey: Survey
    version: SurveyVersion
    invitation: SurveyInvitation | None = None

    @property
    def status(self) -> Literal["open", "answered", "declined"]:
        """Whether an answer is still wanted."""
        status = self.invitation.status if self.invitation else ""
        return "answered" if status == "answered" else "declined" if status == "declined" else "open"


class PublicSurvey(Out):
    """A survey as whoever holds a link sees it."""

    kind: Literal["invited", "public"]
    titles: Titles
    questions: list[Question]
    status: Literal["open", "answered", "declined"]
    until: datetime | None
    ticket: str | None = Field(default=None, description="Good for one answer to a public survey; send it along.")


class Received(Out):
    """That an answer was taken."""

    id: UUID | None
    status: Literal["answered", "declined"] = "answered"


class ResponseOut(Out):
    """One answer. The customer's own words are shown with `profile:pii` only."""

    id: UUID = Field(validation_alias="response_id")
    survey_id: UUID
    survey_version: int
    customer_id: UUID | None
    order_id: UUID | None
    complaint_id: UUID | None
    agent_id: UUID | None = Field(description="Who had the case that was asked about.")
    trigger: Code
    source: Source
    nps: int | None
    csat: int | None
    ratings: dict[str, int]
    choices: dict[str, list[str]]
    texts: dict[str, str] | None
    answered_at: datetime
