"""Tasks: opened once for an occasion, had by whoever looks after the customer, escalated when nobody does them."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.engagement.holdings import HOLDINGS
from services.engagement.staff import usecases as staff
from services.engagement.staff.schemas import Roster
from services.engagement.task_policies import usecases as policies
from services.engagement.task_policies.schemas import TaskPolicyPatch
from services.engagement.tasks import repository, usecases
from services.engagement.tasks.schemas import Completion, Following, Reassignment, Rescheduling, TaskFilter
from services.engagement.tasks.tables import Task
from shared import holdings, linking
from shared.contracts.engagement import TaskRecorded
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id
from shared.messaging.republish import Selection
from shared.settings import Settings
from shared.testing.plugin import Published
from tests.engagement.conftest import Profile
from tests.engagement.tasks.following import (
    ALL,
    ANYBODY,
    ids,
    looks_after,
    manager,
    merged,
    opened,
    opening,
    task,
    today,
    within,
)

pytestmark = pytest.mark.capability("C-28")
HOUR = timedelta(hours=1)


@pytest.fixture
def ada() -> UUID:
    return new_id()


def test_an_occasion_opens_one_task_for_ever(
    engagement: Session, ada: UUID, now: datetime, published: Published
) -> None:
    first = usecases.open_all(engagement, [opening(ada, "care:1", now), opening(ada, "care:1", now)], now)
    usecases.cancel(engagement, first["care:1"], caller=ANYBODY, now=now)
    assert usecases.open_all(engagement, [opening(ada, "care:1", now)], now) == first
    told = [(one.status, one.version, one.changes) for one in published(engagement, TaskRecorded)]
    assert told == [("open", 1, ["opened"]), ("cancelled", 2, ["cancelled"])]


def test_whoever_looks_after_the_customer_has_the_task_also_when_that_changes(
    engagement: Session, ada: UUID, now: datetime
) -> None:
    lee, mei = new_id(), new_id()
    made = opened(engagement, ada, now)
    assert task(engagement, made).owner_id is None
    looks_after(engagement, lee, ada, now)
    looks_after(engagement, new_id(), ada, now, role="service")
    assert task(engagement, made).owner_id == lee
    looks_after(engagement, mei, ada, now, version=2)
    assert task(engagement, made).owner_id == mei


def test_the_tasks_of_a_merged_customer_are_the_ones_of_who_looks_after_the_person(
    engagement: Session, ada: UUID, now: datetime
) -> None:
    lee, mei, twin = new_id(), new_id(), new_id()
    looks_after(engagement, lee, ada, now)
    looks_after(engagement, mei, twin, now)
    made = opened(engagement, twin, now)
    merged(engagement, twin, ada)
    assert task(engagement, made).owner_id == lee
    people = linking.person(engagement, ada)
    assert ids(repository.listed(engagement, ALL, TaskFilter(), ANYBODY, customer_ids=people)) == [made]
    linking.point(engagement, [(twin, twin, 2)])
    assert task(engagement, made).owner_id == mei


def test_a_task_that_was_handed_over_stays_there_until_it_is_given_back(
    engagement: Session, ada: UUID, now: datetime, settings: Settings, profile: Profile
) -> None:
    lee, mei, repairs = new_id(), profile.manager(), new_id()
    profile.teams.add(repairs)
    looks_after(engagement, lee, ada, now, team_id=new_id())
    made = opened(engagement, ada, now)

    def hand_over(**to: UUID) -> tuple[UUID | None, UUID | None]:
        roster = staff.hear(settings, now, [to.get("owner_id")], [to.get("team_id")])
        held = usecases.reassign(engagement, made, Reassignment(**to), roster=roster, caller=ANYBODY, now=now)
        return held.owner_id, held.team_id

    own = task(engagement, made).team_id
    assert hand_over(owner_id=mei) == (mei, own)
    looks_after(engagement, new_id(), ada, now, team_id=own, version=2)
    assert task(engagement, made).owner_id == mei
    assert hand_over(team_id=repairs) == (None, repairs)
    assert hand_over() != (None, repairs)
    for gone in ({"owner_id": new_id()}, {"team_id": new_id()}):
        with pytest.raises(Invalid) as refused:
            hand_over(**gone)
        assert [(one.field, one.code) for one in refused.value.errors] == [(*gone, "reference_not_found")]


def test_my_day_has_what_is_due_the_most_urgent_first(engagement: Session, ada: UUID, now: datetime) -> None:
    lee, mei = new_id(), new_id()
    looks_after(engagement, lee, ada, now)
    looks_after(engagement, mei, (bob := new_id()), now)
    late = opened(engagement, ada, now, due_at=now - 40 * HOUR)
    soon = opened(engagement, ada, now, due_at=now + HOUR)
    urgent = opened(engagement, ada, now, due_at=now + 2 * HOUR, priority=1)
    opened(engagement, ada, now, due_at=now + 30 * HOUR, priority=1)
    others = opened(engagement, bob, now)
    usecases.cancel(engagement, opened(engagement, ada, now), caller=ANYBODY, now=now)
    assert today(engagement, manager(lee), now) == [urgent, late, soon]
    assert today(engagement, ANYBODY, now, [mei]) == [others]
    assert len(today(engagement, ANYBODY, now)) == 4
    assert today(engagement, manager(lee), now, [mei]) == []


def test_the_lead_of_a_team_sees_what_nobody_has_and_what_was_escalated(
    engagement: Session, ada: UUID, now: datetime, settings: Settings
) -> None:
    lee, lead, team, bob = new_id(), new_id(), new_id(), new_id()
    looks_after(engagement, lee, ada, now, team_id=team)
    looks_after(engagement, None, bob, now, team_id=team)
    opened(engagement, ada, now)
    free = opened(engagement, bob, now)
    late = opened(engagement, ada, now, due_at=now - 25 * HOUR)
    assert today(engagement, manager(lead, team), now) == [free]
    assert usecases.escalate_due(within(engagement, settings, now)) == 1
    assert today(engagement, manager(lead, team), now) == [late, free]
    assert today(engagement, manager(lead), now) == []


def test_what_nobody_does_is_escalated_once_for_each_time_it_was_due(
    engagement: Session, ada: UUID, now: datetime, published: Published, settings: Settings
) -> None:
    made = opened(engagement, ada, now)

    def tick(hours: float) -> int:
        return usecases.escalate_due(within(engagement, settings, now + hours * HOUR))

    assert (tick(24.9), tick(25), tick(26)) == (0, 1, 0)
    found = task(engagement, made).task
    assert (found.priority, found.escalated_at, found.version) == (2, now + 25 * HOUR, 2)
    later = Rescheduling(due_at=now + 48 * HOUR)
    put_off = usecases.reschedule(engagement, made, later, caller=ANYBODY, now=now + 26 * HOUR).task
    assert (put_off.escalated_at, put_off.rescheduled) == (None, 1)
    assert (tick(71.9), tick(72)) == (0, 1)
    done = Completion(outcome="satisfied")
    assert usecases.complete(engagement, made, done, caller=ANYBODY, now=now + 73 * HOUR).task.escalates_at is None
    told = [one.changes for one in published(engagement, TaskRecorded)]
    assert told == [["opened"], ["escalated"], ["rescheduled"], ["escalated"], ["done"]]


def test_the_outcome_says_whether_anybody_was_spoken_to_and_the_next_one_follows(
    engagement: Session, ada: UUID, now: datetime, settings: Settings, profile: Profile
) -> None:
    lee = profile.manager()
    made = opened(engagement, ada, now, script="Say hello.")
    roster = staff.hear(settings, now, [lee])
    usecases.reassign(engagement, made, Reassignment(owner_id=lee), roster=roster, caller=ANYBODY, now=now)
    body = Completion(outcome="no-answer", next=Following(due_at=now + 24 * HOUR))
    assert usecases.complete(engagement, made, body, caller=manager(lee), now=now).task.status == "no_answer"
    (following,) = repository.open_of(engagement, [ada], 10)
    known = following.task
    assert (known.follows_id, known.cause, known.kind, following.owner_id) == (made, "follow_up", "call", lee)
    assert (known.script, known.due_at) == ("Say hello.", now + 24 * HOUR)


@pytest.mark.parametrize(("outcome", "code"), [("nothing", "reference_not_found"), ("wrong-number", "not_allowed")])
def test_a_task_comes_to_an_outcome_of_its_kind_alone(
    engagement: Session, ada: UUID, now: datetime, outcome: str, code: str
) -> None:
    made = opened(engagement, ada, now, kind="visit")
    with pytest.raises(Invalid) as refused:
        usecases.complete(engagement, made, Completion(outcome=outcome), caller=ANYBODY, now=now)
    assert [(one.field, one.code) for one in refused.value.errors] == [("outcome", code)]
    assert task(engagement, made).task.status == "open"


@pytest.mark.parametrize("ended_by", ["complete", "cancel"])
@pytest.mark.parametrize("verb", ["complete", "reschedule", "reassign"])
def test_a_task_that_ended_stays_as_it_is(engagement: Session, now: datetime, *, ended_by: str, verb: str) -> None:
    ada = new_id()
    made = opened(engagement, ada, now)
    bodies: dict[str, Any] = {
        "complete": Completion(outcome="satisfied"),
        "reschedule": Rescheduling(due_at=now + HOUR),
        "reassign": Reassignment(),
    }
    if ended_by == "cancel":
        usecases.cancel(engagement, made, caller=ANYBODY, now=now)
        usecases.cancel(engagement, made, caller=ANYBODY, now=now)
    else:
        usecases.complete(engagement, made, bodies["complete"], caller=ANYBODY, now=now)
    before = task(engagement, made).task.version
    with pytest.raises(Conflict) as refused:
        more = {"roster": Roster()} if verb == "reassign" else {}
        getattr(usecases, verb)(engagement, made, bodies[verb], caller=ANYBODY, now=now, **more)
    assert (refused.value.code, task(engagement, made).task.version) == ("invalid_transition", before)


def test_what_was_done_cannot_be_cancelled(engagement: Session, ada: UUID, now: datetime) -> None:
    made = opened(engagement, ada, now)
    usecases.complete(engagement, made, Completion(outcome="satisfied"), caller=ANYBODY, now=now)
    with pytest.raises(Conflict):
        usecases.cancel(engagement, made, caller=ANYBODY, now=now)


def test_a_manager_reaches_own_tasks_those_of_the_team_and_of_own_customers_alone(
    engagement: Session, ada: UUID, now: datetime, settings: Settings, profile: Profile
) -> None:
    lee, mei, team, bob = new_id(), profile.manager(), new_id(), new_id()
    looks_after(engagement, lee, ada, now, team_id=team)
    looks_after(engagement, new_id(), bob, now)
    mine, foreign = opened(engagement, ada, now), opened(engagement, bob, now)
    given = opened(engagement, bob, now)
    roster = staff.hear(settings, now, [mei])
    usecases.reassign(engagement, given, Reassignment(owner_id=mei), roster=roster, caller=ANYBODY, now=now)

    def seen(*caller: UUID) -> set[UUID]:
        return set(ids(repository.listed(engagement, ALL, TaskFilter(), manager(*caller))))

    assert (seen(lee), seen(mei), seen(new_id(), team)) == ({mine}, {given}, {mine})
    with pytest.raises(NotFound):
        usecases.complete(engagement, foreign, Completion(outcome="satisfied"), caller=manager(lee), now=now)


def test_tasks_are_found_by_what_they_are_and_when_they_are_due(engagement: Session, ada: UUID, now: datetime) -> None:
    call = opened(engagement, ada, now, cause="low_score")
    visit = opened(engagement, ada, now, kind="visit", due_at=now + 3 * HOUR)

    def found(**wanted: Any) -> list[UUID]:
        return ids(repository.listed(engagement, ALL, TaskFilter(**wanted), ANYBODY, customer_ids=[ada]))

    assert found() == [call, visit]
    assert (found(kind=["visit"]), found(cause=["low_score"])) == ([visit], [call])
    assert found(due_from=now + HOUR, due_to=now + 3 * HOUR) == [call]
    assert (found(status=["done"]), found(escalated=True), found(escalated=False)) == ([], [], [call, visit])


def test_a_new_policy_counts_for_what_is_opened_from_then_on(engagement: Session, ada: UUID, now: datetime) -> None:
    before = task(engagement, opened(engagement, ada, now)).task
    patch = TaskPolicyPatch(role="service", escalate_after_hours=2)
    policies.change(engagement, patch, policies.current(engagement).version, now)
    after = task(engagement, opened(engagement, ada, now)).task
    assert (before.role, after.role) == ("account_manager", "service")
    assert (before.escalates_at, after.escalates_at) == (now + 25 * HOUR, now + 3 * HOUR)


def test_tasks_can_be_told_again(engagement: Session, ada: UUID, now: datetime, published: Published) -> None:
    made = opened(engagement, ada, now)
    (told,) = published(engagement, TaskRecorded)
    (again,) = usecases.republished(engagement, Selection(None, ada, None, 10))
    assert again == told.model_copy(update={"changes": []})
    assert usecases.republished(engagement, Selection(None, ada, made, 10)) == []


@pytest.mark.capability("C-09")
def test_an_erasure_takes_the_tasks_along(engagement: Session, ada: UUID, now: datetime) -> None:
    made = opened(engagement, ada, now, script="Ask Mr. Li.")
    assert ("task", "Ask Mr. Li.") in [
        (name, row.get("script")) for name, row in holdings.held(engagement, HOLDINGS, [ada])
    ]
    assert holdings.erase(engagement, HOLDINGS, [ada])[ada]["task"] == 1
    engagement.expire_all()
    assert engagement.get(Task, made) is None
