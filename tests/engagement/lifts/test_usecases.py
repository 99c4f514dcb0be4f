"""Which orders a campaign is credited with."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.engagement.lifts import usecases as lifts
from services.engagement.lifts.schemas import GroupOut
from shared import linking
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.broadcasts.campaigning import begin, bought, regulars, run
from tests.engagement.conftest import Profile

pytestmark = pytest.mark.capability("C-27")
HOUR = timedelta(hours=1)


def written_to(runtime: Runtime, campaign_id: UUID) -> GroupOut:
    with runtime.database.reading() as session:
        return lifts.results(session, campaign_id, "CNY").groups[1]


def test_only_orders_of_the_declared_rule_count(runtime: Runtime, profile: Profile) -> None:
    ada, bob, cai, dan, eve = regulars(runtime, profile, 5)
    running = begin(runtime, attribution={"days": 7, "categories": ["tea"]})
    run(runtime)
    start = runtime.now()
    bought(runtime, ada, start, "30.00")
    bought(runtime, ada, start + timedelta(days=7) - HOUR, "10.00")
    bought(runtime, bob, start - HOUR, "99.00")
    bought(runtime, bob, start + timedelta(days=7), "99.00")
    bought(runtime, cai, start, "99.00", status="cancelled")
    bought(runtime, dan, start, "99.00", test=True)
    bought(runtime, eve, start, "99.00", lines=[{"sku": "x", "category": "cups", "quantity": 1, "net": "99.00"}])
    group = written_to(runtime, running)
    assert (group.assigned, group.converted, str(group.revenue.amount)) == (5, 1, "40.00")


def test_orders_of_linked_ids_count_once_for_the_person(runtime: Runtime, profile: Profile) -> None:
    ada, bob = regulars(runtime, profile, 2)
    running = begin(runtime)
    run(runtime)
    visitor = new_id()
    bought(runtime, visitor, runtime.now(), "30.00")
    with runtime.database.transaction() as session:
        linking.ensure(session, [visitor])
        linking.point(session, [(visitor, ada, 2), (bob, ada, 2)])
    group = written_to(runtime, running)
    assert (group.assigned, group.converted, str(group.revenue.amount)) == (2, 1, "30.00")
