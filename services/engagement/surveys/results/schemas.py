"""Results on the wire. What rests on fewer than 30 answers says only how many there are."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query
from pydantic import Field

from shared.contracts.base import Code
from shared.web.schemas import Instant, Out

Period = Literal["day", "week", "month", "quarter"]


@dataclass(frozen=True, slots=True)
class ResultFilter:
    """Which answers count."""

    from_: Annotated[Instant | None, Query(alias="from", description="Answered not before.")] = None
    to: Annotated[Instant | None, Query(description="Answered before.")] = None
    segment_id: Annotated[UUID | None, Query(description="Of who is in this segment now.")] = None
    tier: Annotated[Code | None, Query(description="Of who holds this tier now.")] = None
    region: Annotated[Code | None, Query(description="Of who lives in this region.")] = None


class Csat(Out):
    """Satisfaction from 1 to 5: the share of 4 and 5, in per cent, with its 95 % interval (Wilson)."""

    n: int = Field(examples=[120])
    mean: float | None = Field(examples=[4.1])
    satisfied: float | None = Field(examples=[78.3])
    low: float | None = Field(examples=[70.1])
    high: float | None = Field(examples=[84.8])


class Nps(Out):
    """Promoters (9, 10) less detractors (0 to 6) in per cent of who answered, with its 95 % interval."""

    n: int = Field(examples=[100])
    promoters: int | None = Field(examples=[50])
    passives: int | None = Field(examples=[30])
    detractors: int | None = Field(examples=[20])
    score: float | None = Field(examples=[30.0])
    low: float | None = Field(examples=[14.7])
    high: float | None = Field(examples=[45.3])


class Mean(Out):
    """A mean of ratings from 1 to 5 with its 95 % interval."""

    n: int
    mean: float | None
    low: float | None
    high: float | None


class AspectOut(Mean):
    """How one aspect was rated."""

    aspect: Code


class ChoiceResult(Out):
    """How often each option of a question was chosen, and by which share of who answered it."""

    question: Code
    n: int
    counts: dict[str, int] | None = Field(examples=[{"late": 12}])


class Point(Out):
    """One period of a trend, by its first business day."""

    begins_on: date
    csat: Csat
    nps: Nps


class Satisfaction(Out):
    """Satisfaction over all surveys of customers, and over time."""

    answered: int
    csat: Csat
    nps: Nps
    trend: list[Point]
    surveys: list["SurveyScore"]


class SurveyScore(Out):
    """One survey's part."""

    survey_id: UUID
    code: Code
    csat: Csat
    nps: Nps


class SurveyResults(Out):
    """What the answers to one survey add up to; invitations count by when they were asked."""

    survey_id: UUID
    invited: int
    reached: int = Field(description="Whose message went out.")
    answered: int
    declined: int
    response_rate: float | None = Field(description="Answered invitations of those reached, in per cent.")
    csat: Csat
    nps: Nps
    aspects: list[AspectOut]
    choices: list[ChoiceResult]
    trend: list[Point]


class LinkOut(Out):
    """One aspect in the ranking: `score` = gap to the best aspect × what it matters for the whole."""

    aspect: Code
    n: int
    mean: float
    gap: float
    impact: float = Field(description="Correlation with overall satisfaction, 0 where it is negative.")
    score: float


class WeakestLink(Out):
    """Aspects by what mending them is worth, the weakest first."""

    against: Literal["csat", "nps"] | None = Field(description="What overall satisfaction was measured by.")
    links: list[LinkOut]
    too_few: list[Code] = Field(description="Aspects with fewer than 30 answers.")
