"""Which managers and teams are in use: asked of profile before anything begins, and told where one is needed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from services.engagement.staff import usecases
from shared.errors import Invalid, Unavailable
from shared.ids import new_id
from shared.settings import Settings
from tests.engagement.conftest import Api, Profile

pytestmark = pytest.mark.capability("C-28")


@pytest.fixture
def settings(settings_for: Callable[..., Settings], profile: Profile) -> Settings:
    """Settings that lead to the stand-in for profile."""
    return settings_for(profile_url=profile.url)


def test_profile_is_asked_once_a_minute_for_all_that_are_named(
    settings: Settings, profile: Profile, now: datetime
) -> None:
    lee, mei, team = profile.manager(), profile.manager(), new_id()
    profile.teams.add(team)
    asked: list[None] = []
    profile.on_ask = lambda: asked.append(None)
    for at in (now, now + timedelta(seconds=59)):
        known = usecases.hear(settings, at, [mei, lee, None, lee], [team, None])
        assert (set(known.managers), set(known.team_ids)) == ({lee, mei}, {team})
    assert len(asked) == 1
    usecases.hear(settings, now + timedelta(minutes=1), [mei, lee], [team])
    assert len(asked) == 2
    usecases.hear(settings, now, [None])
    assert len(asked) == 2


def test_of_more_than_one_question_holds_all_are_heard(settings: Settings, profile: Profile, now: datetime) -> None:
    some = {profile.manager() for _ in range(usecases.BATCH + 1)}
    known = usecases.hear(settings, now, [*some, new_id()])
    assert known.managers.keys() == some


def test_who_is_not_in_use_is_refused_by_field_and_no_answer_only_where_one_is_needed(
    settings: Settings, profile: Profile, now: datetime
) -> None:
    lee, gone, team = profile.manager(), new_id(), new_id()
    known = usecases.hear(settings, now, [lee, gone], [team])
    usecases.require(known, owner_id=lee)
    with pytest.raises(Invalid) as refused:
        usecases.require(known, owner_id=gone, team_id=team)
    assert [one.field for one in refused.value.errors] == ["owner_id", "team_id"]
    profile.up = False
    silent = usecases.hear(settings, now + timedelta(minutes=2), [lee])
    usecases.require(silent)
    with pytest.raises(Unavailable):
        usecases.require(silent, owner_id=lee)


@pytest.mark.parametrize(
    ("body", "status"), [({"owner_id": str(new_id())}, 503), ({"team_id": str(new_id())}, 503), ({}, 200)]
)
def test_a_task_is_handed_to_nobody_of_whom_profile_says_nothing(
    api: Api, profile: Profile, body: dict[str, Any], status: int
) -> None:
    due_at = (api.runtime.now() + timedelta(hours=3)).isoformat()
    known = {"customer_id": str(profile.add()), "kind": "call", "subject": "Ask", "due_at": due_at}
    path = api.post("/v1/tasks", known).headers["Location"]
    profile.up = False
    assert api.post(f"{path}/reassign", body).status_code == status
