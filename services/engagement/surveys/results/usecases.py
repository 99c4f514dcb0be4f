"""Reading what answers add up to."""

from collections.abc import Sequence
from datetime import tzinfo
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.results import repository, rules
from services.engagement.surveys.results.rules import Row
from services.engagement.surveys.results.schemas import (
    ChoiceResult,
    Point,
    ResultFilter,
    Satisfaction,
    SurveyResults,
    SurveyScore,
    WeakestLink,
)


def of_survey(session: Session, survey_id: UUID, wanted: ResultFilter, period: str, zone: tzinfo) -> SurveyResults:
    """What the answers to one survey add up to. Raises NotFound."""
    survey = surveys.get(session, survey_id)
    asked = repository.invited(session, wanted, survey_id)
    rated = repository.aspects(session, wanted, survey_id)
    rate = 100 * asked["answered"] / asked["reached"] if asked["reached"] >= rules.MINIMUM else None
    return SurveyResults(
        survey_id=survey.survey_id,
        **{name: asked[name] for name in ("invited", "reached", "declined")},
        response_rate=None if rate is None else round(rate, 1),
        **_scores(total := repository.totals(session, wanted, survey_id)),
        answered=total["answered"],
        aspects=[rules.aspect(row) for row in rated],
        choices=list(_choices(repository.choices(session, wanted, survey_id))),
        trend=_trend(repository.trend(session, wanted, survey_id, period, zone)),
    )


def satisfaction(session: Session, wanted: ResultFilter, period: str, zone: tzinfo) -> Satisfaction:
    """Satisfaction over all surveys that ask customers; what strangers said on public ones is not in it."""
    total, parts = repository.totals(session, wanted, None), repository.by_survey(session, wanted)
    codes = surveys.by_id(session, [row["survey_id"] for row in parts])
    return Satisfaction(
        answered=total["answered"],
        **_scores(total),
        trend=_trend(repository.trend(session, wanted, None, period, zone)),
        surveys=[
            SurveyScore(survey_id=row["survey_id"], code=codes[row["survey_id"]].code, **_scores(row)) for row in parts
        ],
    )


def weakest_link(session: Session, wanted: ResultFilter, survey_id: UUID | None) -> WeakestLink:
    """Aspects by what mending them is worth; of one survey, or of all that ask customers."""
    if survey_id is not None:
        surveys.get(session, survey_id)
    return rules.weakest(repository.aspects(session, wanted, survey_id))


def _scores(row: Row) -> dict[str, Any]:
    return {
        "csat": rules.csat(row["csat_n"], row["csat_mean"], row["satisfied"]),
        "nps": rules.nps(row["nps_n"], row["promoters"], row["detractors"]),
    }


def _trend(rows: Sequence[Row]) -> list[Point]:
    return [Point(begins_on=row["begins_on"], **_scores(row)) for row in rows]


def _choices(rows: Sequence[Row]) -> Any:
    for question, some in groupby(rows, key=lambda row: row["question"]):
        counts = {row["option"]: row["n"] for row in some}
        n = counts.pop(None, 0)
        yield ChoiceResult(question=question, n=n, counts=counts if n >= rules.MINIMUM else None)
