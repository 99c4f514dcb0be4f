"""HTTP: results of surveys, and the reports of satisfaction."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query

from services.engagement.formats.rules import zone_of
from services.engagement.surveys.results import usecases
from services.engagement.surveys.results.schemas import Period, ResultFilter, Satisfaction, SurveyResults, WeakestLink
from shared.web.dependencies import CurrentRuntime, ReadSession
from shared.web.routing import Router

router = Router("/surveys/{survey_id}/results", tag="Survey results")
reports = Router("/reports", tag="Satisfaction reports")
Wanted = Annotated[ResultFilter, Depends()]
By = Annotated[Period, Query(description="How long a period of the trend is, in business days.")]


@router.get("", scope="engagement:read")
def read_results(
    survey_id: UUID, wanted: Wanted, session: ReadSession, runtime: CurrentRuntime, period: By = "month"
) -> SurveyResults:
    """What the answers add up to. Fewer than 30 only say how many; a public survey has its own results here."""
    zone = zone_of(None, runtime.settings.business_time_zone)
    return usecases.of_survey(session, survey_id, wanted, period, zone)


@reports.get("/satisfaction", scope="engagement:read")
def read_satisfaction(
    wanted: Wanted, session: ReadSession, runtime: CurrentRuntime, period: By = "month"
) -> Satisfaction:
    """CSAT and NPS over all surveys of customers, over time and by survey."""
    return usecases.satisfaction(session, wanted, period, zone_of(None, runtime.settings.business_time_zone))


@reports.get("/weakest-link", scope="engagement:read")
def read_weakest_link(wanted: Wanted, session: ReadSession, survey_id: UUID | None = None) -> WeakestLink:
    """Which aspect to mend first: its gap to the best one × what it matters for satisfaction as a whole."""
    return usecases.weakest_link(session, wanted, survey_id)
