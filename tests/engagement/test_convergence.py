"""Every handler of engagement ends the same, whatever the order and repetition of its events."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.base import Base
from services.engagement.care import usecases as care
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.tables import Survey
from services.engagement.worker import HANDLERS
from shared.contracts.base import Origin
from shared.contracts.examples import examples
from shared.contracts.profile import OrderRecorded
from shared.db import Database, SharedBase
from shared.testing.harness import Subject, converges


def test_the_handlers_converge(database_of: Callable[[str], Database], now: datetime) -> None:
    database = database_of("engagement")
    at = _shortly_after_a_live_delivery()
    with database.transaction() as session:
        _activate(session, at)
    converges(database, Subject(HANDLERS, [Base.metadata, SharedBase.metadata]), at)


def test_the_examples_make_care_and_surveys_plan_something(session_of: Callable[[str], Session]) -> None:
    at = _shortly_after_a_live_delivery()
    session = session_of("engagement")
    _activate(session, at)
    route = HANDLERS.routes[OrderRecorded.type]
    for use_case in route.use_cases:
        use_case(session, examples(OrderRecorded), at)
    for table in ("care_occurrence", "survey_invitation"):
        assert session.connection().exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() > 0


def _activate(session: Session, at: datetime) -> None:
    for rule_id in care.codes(session):
        care.activate(session, rule_id, at - timedelta(days=30))
    for survey in session.scalars(select(Survey)):
        surveys.publish(session, survey.survey_id, at - timedelta(days=30))


def _shortly_after_a_live_delivery() -> datetime:
    live = [one for one in examples(OrderRecorded) if one.status == "delivered" and one.origin is Origin.LIVE]
    assert live, "no example of a live delivery"
    return max(max(one.occurred_at, one.recorded_at) for one in live) + timedelta(hours=1)
