"""Ways to staff from before campaigns, care rules and surveys were told of."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from services.engagement.alert_routes import usecases
from services.engagement.alert_routes.schemas import CAUSES, NewRoute
from services.engagement.alert_routes.tables import AlertRoute
from shared import migrations
from shared.db import Database
from shared.settings import Settings
from shared.testing.tables import metadata_of
from tests.engagement.alert_routes.test_api import LEADS

FIRST = ["complaint_escalated", "task_escalated"]


@pytest.mark.capability("C-27")
@pytest.mark.parametrize(
    ("revision", "heard"), [("a7d2c5e8f104", FIRST), ("d19f6a3b7c52", [*FIRST, "campaign_hindered"])]
)
def test_a_way_that_heard_of_everything_hears_of_what_came_since_and_one_that_chose_does_not(
    database_of: Callable[[str], Database],
    settings_for: Callable[..., Settings],
    now: datetime,
    revision: str,
    heard: list[str],
) -> None:
    database = database_of("engagement")
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    metadata = metadata_of("engagement")[1]
    with database.transaction() as session:
        for code, causes in (("all", list(CAUSES)), ("tasks", ["task_escalated"])):
            usecases.create(
                session, settings_for(), NewRoute.model_validate(LEADS | {"code": code, "causes": causes}), now
            )
    migrations.downgrade("engagement", url, metadata, revision)
    with database.transaction() as session:
        before = {one.code: one.causes for one in session.execute(select(AlertRoute.code, AlertRoute.causes))}
    migrations.upgrade("engagement", url, metadata)
    with database.transaction() as session:
        after = {one.code: one.causes for one in session.execute(select(AlertRoute.code, AlertRoute.causes))}
    assert before == {"all": heard, "tasks": ["task_escalated"]}
    assert after == {"all": list(CAUSES), "tasks": ["task_escalated"]}
