"""Appointments: what is offered and free is given once, the manager has the task, who does not come is noted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.appointment_hosts import usecases as hosts
from services.engagement.appointments import repository, usecases
from services.engagement.appointments.reminders import usecases as reminders
from services.engagement.appointments.schemas import Moving, SlotFilter
from services.engagement.appointments.slots import usecases as slots
from services.engagement.appointments.tables import Appointment
from services.engagement.holdings import HOLDINGS
from services.engagement.messages.tables import Message
from shared import holdings, linking
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_id
from shared.runtime import Runtime
from shared.settings import Settings
from tests.engagement.appointments.booking import (
    STAFF,
    booked,
    customer,
    member,
    receives,
    roster,
    service,
    tasks_of,
    tomorrow,
)
from tests.engagement.conftest import Clock, Profile
from tests.engagement.posting import mails, messages, send
from tests.engagement.tasks.following import looks_after, within

pytestmark = pytest.mark.capability("C-28")
HOUR = timedelta(hours=1)


@pytest.fixture
def lee(engagement: Session, settings: Settings, profile: Profile, now: datetime) -> UUID:
    """A manager who receives customers."""
    return receives(engagement, settings, profile.manager(), now)


def offered(session: Session, settings: Settings, now: datetime, **wanted: Any) -> list[datetime]:
    asked: dict[str, Any] = {
        "service_id": service(session).service_id,
        "from_": now,
        "to": now + timedelta(days=7),
        "limit": 500,
    } | wanted
    return [
        one.starts_at
        for one in slots.listed(session, settings, SlotFilter(**asked), roster(session, settings, now), now)
    ]


def test_a_booked_time_is_free_no_more_until_it_is_given_back(
    engagement: Session, settings: Settings, lee: UUID, now: datetime
) -> None:
    at = tomorrow(now)
    before = offered(engagement, settings, now)
    assert at in before
    made = booked(engagement, settings, customer(engagement), at, now=now)
    assert (made.manager_id, made.ends_at, made.status) == (lee, at + HOUR / 2, "booked")
    assert offered(engagement, settings, now) == [one for one in before if one != at]
    with pytest.raises(Conflict) as refused:
        booked(engagement, settings, customer(engagement), at, now=now)
    assert refused.value.code == "slot_taken"
    usecases.cancel(engagement, made.appointment_id, caller=STAFF, now=now)
    assert offered(engagement, settings, now) == before
    booked(engagement, settings, customer(engagement), at, now=now)


def test_the_manager_has_a_task_that_goes_with_the_appointment(
    engagement: Session, settings: Settings, lee: UUID, now: datetime
) -> None:
    made = booked(engagement, settings, customer(engagement), tomorrow(now), now=now)
    assert tasks_of(engagement, made) == [("visit", "open", lee, tomorrow(now))]
    later = Moving(starts_at=tomorrow(now, 5))
    known = roster(engagement, settings, now)
    usecases.reschedule(engagement, settings, made.appointment_id, later, roster=known, caller=STAFF, now=now)
    assert tasks_of(engagement, made) == [("visit", "open", lee, tomorrow(now, 5))]
    usecases.check_in(engagement, made.appointment_id, caller=STAFF, now=tomorrow(now, 5))
    assert [status for _, status, *_ in tasks_of(engagement, made)] == ["done"]


@pytest.mark.parametrize("hours", [0.25, 2.5, 9, -24, 24 * 2, 24 * 40], ids=str)
def test_a_time_that_nobody_offers_is_refused(
    engagement: Session, settings: Settings, lee: UUID, now: datetime, *, hours: float
) -> None:
    with pytest.raises(Invalid) as refused:
        booked(engagement, settings, customer(engagement), tomorrow(now, hours), now=now, manager_id=lee)
    assert [(one.field, one.code) for one in refused.value.errors] == [("starts_at", "not_allowed")]


def test_nobody_is_booked_with_who_is_away_gone_or_receives_for_something_else(
    engagement: Session, settings: Settings, profile: Profile, now: datetime
) -> None:
    away = tomorrow(now, 1).isoformat()
    receives(engagement, settings, profile.manager(absent_from=away), now)
    receives(engagement, settings, gone := profile.manager(), now)
    del profile.managers[gone]
    other = service(engagement, "product-training").service_id
    receives(engagement, settings, profile.manager(), now, services=[other])
    minute = timedelta(minutes=1)  # profile is asked again
    assert offered(engagement, settings, now + minute, to=tomorrow(now, 48)) == [
        at
        for at in (now + 2 * HOUR + step * HOUR / 2 for step in range(100))
        if at in {tomorrow(now, -1), tomorrow(now, -0.5), tomorrow(now), tomorrow(now, 0.5)}
    ]


def test_a_customer_is_booked_with_the_own_manager_first_and_never_twice_at_one_time(
    engagement: Session, settings: Settings, profile: Profile, now: datetime
) -> None:
    managers = [receives(engagement, settings, profile.manager(), now) for _ in range(3)]
    ada, at = customer(engagement), tomorrow(now)
    looks_after(engagement, managers[-1], ada, now)
    assert booked(engagement, settings, ada, at, now=now).manager_id == managers[-1]
    with pytest.raises(Conflict) as refused:
        booked(engagement, settings, ada, at, now=now)
    assert refused.value.code == "slot_taken"
    others = [booked(engagement, settings, customer(engagement), at, now=now).manager_id for _ in range(2)]
    assert sorted(others) == sorted(managers[:2])


def test_a_moved_appointment_keeps_its_manager_and_takes_no_time_of_others(
    engagement: Session, settings: Settings, lee: UUID, now: datetime
) -> None:
    ada, bob = customer(engagement), customer(engagement)
    mine = booked(engagement, settings, ada, tomorrow(now), now=now)
    booked(engagement, settings, bob, tomorrow(now, 1), now=now)
    known = roster(engagement, settings, now)

    def move(hours: float, who: UUID = ada) -> Appointment:
        to = Moving(starts_at=tomorrow(now, hours))
        return usecases.reschedule(
            engagement, settings, mine.appointment_id, to, roster=known, caller=member(who), now=now, of=[who]
        )

    with pytest.raises(Conflict) as refused:
        move(1)
    assert (refused.value.code, mine.starts_at) == ("slot_taken", tomorrow(now))
    with pytest.raises(NotFound):
        move(0.5, bob)
    assert (move(0.5).starts_at, mine.manager_id) == (tomorrow(now, 0.5), lee)


def test_a_customer_may_cancel_until_some_hours_before_and_staff_any_time(
    engagement: Session, settings: Settings, lee: UUID, now: datetime
) -> None:
    ada = customer(engagement)
    made = booked(engagement, settings, ada, tomorrow(now), now=now, caller=member(ada))
    assert made.source == "member"
    late = tomorrow(now, -1.9)
    with pytest.raises(Conflict) as refused:
        usecases.cancel(engagement, made.appointment_id, caller=member(ada), now=late, of=[ada])
    assert refused.value.code == "invalid_transition"
    assert usecases.cancel(engagement, made.appointment_id, caller=STAFF, now=late).status == "cancelled"
    with pytest.raises(Conflict):
        usecases.cancel(engagement, made.appointment_id, caller=STAFF, now=late)
    assert [status for _, status, *_ in tasks_of(engagement, made)] == ["cancelled"]


def test_who_does_not_come_is_noted_an_hour_after_and_may_still_turn_up(
    engagement: Session, settings: Settings, lee: UUID, now: datetime
) -> None:
    made = booked(engagement, settings, customer(engagement), tomorrow(now), now=now)
    with pytest.raises(Conflict):
        usecases.miss(engagement, made.appointment_id, caller=STAFF, now=tomorrow(now, -1))
    with pytest.raises(Conflict):
        usecases.check_in(engagement, made.appointment_id, caller=STAFF, now=tomorrow(now, -2))
    reminders.advance_due(within(engagement, settings, tomorrow(now, 1.4)))
    assert made.status == "booked"
    reminders.advance_due(within(engagement, settings, tomorrow(now, 1.5)))
    assert (made.status, made.due_at) == ("no_show", None)
    assert [status for _, status, *_ in tasks_of(engagement, made)] == ["no_answer"]
    came = usecases.check_in(engagement, made.appointment_id, caller=STAFF, now=tomorrow(now, 2))
    assert came.status == "attended"


def test_a_manager_who_receives_nobody_any_more_keeps_what_is_booked(
    engagement: Session, settings: Settings, lee: UUID, now: datetime
) -> None:
    made = booked(engagement, settings, customer(engagement), tomorrow(now), now=now)
    hosts.archive(engagement, lee, now)
    assert (offered(engagement, settings, now), made.status) == ([], "booked")
    receives(engagement, settings, lee, now)
    assert offered(engagement, settings, now)


@pytest.mark.parametrize(("days", "code"), [(0, "too_small"), (32, "too_large")])
def test_slots_are_asked_for_a_month_at_most(
    engagement: Session, settings: Settings, now: datetime, days: int, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        offered(engagement, settings, now, to=now + timedelta(days=days))
    assert [(one.field, one.code) for one in refused.value.errors] == [("to", code)]


@pytest.mark.capability("C-09")
def test_an_erasure_takes_the_appointments_along(
    engagement: Session, settings: Settings, lee: UUID, now: datetime
) -> None:
    ada = customer(engagement)
    booked(engagement, settings, ada, tomorrow(now), now=now)
    assert holdings.erase(engagement, HOLDINGS, [ada])[ada]["appointment"] == 1


def test_of_many_who_book_one_time_at_once_one_has_it(runtime: Runtime, profile: Profile, now: datetime) -> None:
    with runtime.database.transaction() as session:
        receives(session, runtime.settings, profile.manager(), now)
        people = [customer(session) for _ in range(8)]

    def attempt(who: UUID) -> str:
        try:
            with runtime.database.transaction() as session:
                return booked(session, runtime.settings, who, tomorrow(now), now=now).status
        except Conflict as refused:
            return refused.code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(attempt, people))
    assert answers == ["booked", *["slot_taken"] * 7]
    with runtime.database.reading() as session:
        assert len(session.scalars(select(Appointment)).all()) == 1


def test_the_database_itself_refuses_two_appointments_at_one_time(engagement: Session, now: datetime) -> None:

    row = {"service_id": new_id(), "manager_id": new_id(), "status": "booked", "note": None, "source": "staff"}
    row |= {"reminded_at": None, "due_at": None, "version": 1, "created_at": now, "updated_at": now}

    def add(begins: float, ends: float, **more: Any) -> bool:
        span = {"starts_at": now + begins * HOUR, "ends_at": now + ends * HOUR}
        return repository.add(engagement, row | span | {"appointment_id": new_id(), "customer_id": new_id()} | more)

    assert add(0, 1)
    assert add(1, 2)  # the end is excluded
    assert not add(0.5, 1.5)
    assert not add(-1, 3)
    assert add(0.5, 1.5, status="cancelled")
    assert add(0.5, 1.5, manager_id=new_id())


@pytest.mark.capability("C-25")
def test_a_customer_is_reminded_once_in_time(runtime: Runtime, profile: Profile, clock: Clock, now: datetime) -> None:
    ada, at = profile.add(), tomorrow(now, 24)
    with runtime.database.transaction() as session:
        linking.ensure(session, [ada])
        receives(session, runtime.settings, profile.manager(), now)
        made = booked(session, runtime.settings, ada, at, now=now).appointment_id

    def tick(to: datetime) -> int:
        clock.at = to
        reminders.advance_due(runtime)
        send(runtime)
        return len(mails(runtime))

    assert [tick(at - 25 * HOUR), tick(at - 24 * HOUR), tick(at - HOUR)] == [0, 1, 1]
    with runtime.database.transaction() as session:
        to = Moving(starts_at=at + 3.5 * HOUR)
        known = roster(session, runtime.settings, at - 40 * HOUR)
        usecases.reschedule(session, runtime.settings, made, to, roster=known, caller=STAFF, now=at - 40 * HOUR)
    assert [tick(at - 20 * HOUR), tick(at - 19 * HOUR)] == [2, 2]
    with runtime.database.reading() as session:
        variables = session.scalars(select(Message.variables).order_by(Message.created_at)).first()
    assert variables is not None
    assert "选购咨询" in variables


@pytest.mark.capability("C-25")
@pytest.mark.parametrize("then", ["cancelled", "moved"])
def test_nobody_is_reminded_of_a_time_that_was_given_back_while_the_reminder_waited(
    runtime: Runtime, profile: Profile, clock: Clock, now: datetime, then: str
) -> None:
    ada, at = profile.add(), tomorrow(now, 24)
    with runtime.database.transaction() as session:
        linking.ensure(session, [ada])
        receives(session, runtime.settings, profile.manager(), now)
        made = booked(session, runtime.settings, ada, at, now=now).appointment_id
    clock.at = at - 24 * HOUR
    reminders.advance_due(runtime)
    with runtime.database.transaction() as session:
        if then == "cancelled":
            usecases.cancel(session, made, caller=STAFF, now=clock.at)
        else:
            known, to = roster(session, runtime.settings, clock.at), Moving(starts_at=at + 3.5 * HOUR)
            usecases.reschedule(session, runtime.settings, made, to, roster=known, caller=STAFF, now=clock.at)
    send(runtime)
    assert mails(runtime) == []
    assert [(one.status, one.reason) for one in messages(runtime)] == [("cancelled", f"appointment_{then}")]
    clock.at = at - 20 * HOUR
    reminders.advance_due(runtime)
    send(runtime)
    assert len(mails(runtime)) == (then == "moved")
