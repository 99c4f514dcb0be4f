"""What whoever does a task knows of the complaints of its customer."""

from typing import Any
from uuid import UUID

import pytest

from services.engagement.briefs import usecases
from shared.auth.caller import PUBLIC_CALLER, Caller
from shared.ids import new_id
from shared.testing.statements import statements
from tests.engagement.complaints.complaining import SETTLED, assign, complain, do
from tests.engagement.conftest import Api, Profile
from tests.engagement.tasks.following import manager, merged, opened

pytestmark = pytest.mark.capability("C-28")


def brief(api: Api, task_id: UUID, caller: Caller = PUBLIC_CALLER) -> Any:
    with api.runtime.database.reading() as session:
        return usecases.read(session, api.runtime.settings, task_id, caller=caller, now=api.runtime.now())


def task_of(api: Api, customer_id: UUID, owner_id: UUID | None = None) -> UUID:
    with api.runtime.database.transaction() as session:
        return opened(session, customer_id, api.runtime.now(), owner_id=owner_id)


def told(api: Api, task_id: UUID, caller: Caller = PUBLIC_CALLER) -> list[str]:
    return [one.number for one in brief(api, task_id, caller).complaints]


def test_it_tells_what_a_person_complains_about_by_whatever_id_the_newest_first(api: Api, profile: Profile) -> None:
    ada, alias, other = profile.add(), profile.add(), profile.add()
    first, ended, last = complain(api, ada), complain(api, ada), complain(api, alias)
    complain(api, other)
    do(api, ended, "resolve", SETTLED)
    with api.runtime.database.transaction() as session:
        merged(session, alias, ada)
    do(api, first, "assign", {"owner_id": str(profile.manager())})
    task = task_of(api, ada)
    shown = api.get(f"/v1/tasks/{task}/brief").json()["complaints"]
    assert sorted(one["number"] for one in shown) == sorted([first["number"], last["number"]])
    assert {one["status"] for one in shown} == {"new", "assigned"}
    assert all({"description", "summary"}.isdisjoint(one) for one in shown)


def test_a_manager_is_told_of_those_that_they_may_see(api: Api, profile: Profile) -> None:
    ada, mine, lead = profile.add(), profile.manager(), new_id()
    given, unseen = complain(api, ada), complain(api, ada)
    do(api, given, "assign", {"owner_id": str(mine)})
    task = task_of(api, ada, owner_id=mine)
    assert told(api, task, manager(mine)) == [given["number"]]
    assign(api, ada, lead)
    assert sorted(told(api, task, manager(lead))) == sorted([given["number"], unseen["number"]])


def test_it_takes_as_many_statements_for_many_as_for_one(api: Api, profile: Profile) -> None:
    ada = profile.add()
    task = task_of(api, ada)

    def count() -> int:
        with api.runtime.database.reading() as session, statements(session) as sent:
            usecases.read(session, api.runtime.settings, task, caller=PUBLIC_CALLER, now=api.runtime.now())
        return len(sent)

    complain(api, ada)
    one = count()
    for _ in range(4):
        complain(api, ada)
    assert (len(told(api, task)), count()) == (5, one)
