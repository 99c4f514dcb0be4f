"""A segment is archived under what works over it: nobody else is written to, and staff are told once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from services.engagement.broadcasts import usecases as broadcasts
from services.engagement.campaigns import usecases as campaigns
from services.engagement.care import usecases as care
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.invitations import usecases as invitations
from shared import jobs
from shared.runtime import Runtime
from tests.engagement.alert_routes.test_api import LEADS
from tests.engagement.audiences.test_api import PARTS, draft, faults
from tests.engagement.broadcasts import campaigning
from tests.engagement.broadcasts.campaigning import COMPLAINERS, REGULARS, members, put_in, regulars
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.occurrences import test_usecases as caring
from tests.engagement.occurrences.test_usecases import born, delivered, member_of
from tests.engagement.posting import mails
from tests.engagement.surveys import asking
from tests.engagement.surveys.invitations.test_usecases import known

pytestmark = pytest.mark.capability("C-06")
HEED: dict[str, Callable[[Runtime], int]] = {
    "care-rules": care.heed_segments,
    "surveys": surveys.heed_segments,
    "campaigns": campaigns.heed_segments,
}
VERBS = {"care-rules": "activate", "surveys": "publish", "campaigns": "schedule"}
CAUSES = {"care-rules": "care_rule_hindered", "surveys": "survey_hindered", "campaigns": "campaign_hindered"}
STOPPED = {"care-rules": "paused", "surveys": "paused", "campaigns": "draft"}
MORNING = "2026-11-26T10:00:00+08:00"
every_noun = pytest.mark.parametrize("noun", HEED)


def at_work(api: Api, noun: str, **audience: list[UUID]) -> str:
    """Where something is that works over an audience."""
    path: str = draft(api, noun, **audience).headers["Location"]
    working = api.post(f"{path}/{VERBS[noun]}")
    assert working.status_code == 200, working.text
    return path


def paused(api: Api, path: str) -> Any:
    """What keeps it from working by now."""
    shown = api.get(path).json()
    assert shown["status"] == STOPPED[path.split("/")[2]]
    return shown["hindrance"]


def missing(field: str) -> dict[str, Any]:
    return {"code": "segment_not_published", "fields": [field]}


@every_noun
@pytest.mark.parametrize("part", PARTS)
def test_what_works_over_a_segment_that_is_archived_is_stopped_and_staff_are_told_once(
    api: Api, profile: Profile, noun: str, part: str
) -> None:
    api.post("/v1/alert-routes", LEADS)
    named = {one: profile.segment() for one in PARTS}
    path = at_work(api, noun, **{one: [segment] for one, segment in named.items()})
    assert HEED[noun](api.runtime) == 0
    profile.segments.remove(named[part])
    assert [HEED[noun](api.runtime) for _ in range(3)] == [1, 0, 0]
    assert paused(api, path) == missing(f"audience.{part}.0")
    (listed,) = [
        one for one in api.get(f"/v1/{noun}?status={STOPPED[noun]}&limit=200").json()["items"] if one["hindrance"]
    ]
    (alert,) = api.get(f"/v1/staff-alerts?cause={CAUSES[noun]}").json()["items"]
    assert (alert["subject_id"], alert["facts"]["reason"]) == (listed["id"], "segment_not_published")
    assert alert["facts"]["name"] == listed.get("name", listed.get("code"))
    assert faults(api.post(f"{path}/{VERBS[noun]}")) == [(f"audience.{part}.0", "reference_not_found")]
    assert api.patch(path, {"audience": {part: [str(profile.segment())]}}, listed["version"]).status_code == 200
    assert api.post(f"{path}/{VERBS[noun]}").json()["hindrance"] is None
    assert HEED[noun](api.runtime) == 0


@every_noun
def test_what_names_other_segments_or_does_not_work_is_left_alone(api: Api, profile: Profile, noun: str) -> None:
    kept, archived = profile.segment(), profile.segment()
    path = at_work(api, noun, include=[kept])
    profile.segments.remove(archived)
    assert HEED[noun](api.runtime) == 0
    assert (api.get(path).json()["status"] in ("active", "live", "scheduled"), api.get(path).json()["hindrance"]) == (
        True,
        None,
    )


@every_noun
def test_while_profile_does_not_say_which_segments_count_everything_stays(
    api: Api, profile: Profile, noun: str
) -> None:
    path = at_work(api, noun, include=[profile.segment()])
    profile.segments.clear()
    profile.up = False
    assert HEED[noun](api.runtime) == 0
    assert api.get(path).json()["hindrance"] is None


def test_a_rule_wishes_nobody_who_was_left_out_once_that_segment_is_archived(
    api: Api, profile: Profile, clock: Clock
) -> None:
    gold, blocked, ada, ida = profile.segment(), profile.segment(), profile.add(), profile.add()
    path = at_work(api, "care-rules", include=[gold], exclude=[blocked])
    caring.hear(api.runtime, *[born(one, 11, 26, clock) for one in (ada, ida)])
    member_of(api.runtime, ada, gold)
    member_of(api.runtime, ida, gold, blocked)
    caring.work(api.runtime)
    profile.segments.remove(blocked)
    member_of(api.runtime, ida, gold, version=2)  # as profile tells a while after
    clock.set(MORNING)
    caring.work(api.runtime)
    assert (mails(api.runtime), caring.kept(api.runtime)) == ([], [])
    assert paused(api, path) == missing("audience.exclude.0")


def test_nobody_is_thanked_for_an_order_who_was_left_out_once_that_segment_is_archived(
    api: Api, profile: Profile, clock: Clock
) -> None:
    blocked, ida = profile.segment(), profile.add()
    audience = {"exclude": [str(blocked)]}
    occasion = {"kind": "order", "step": "delivered"}
    rule_id = caring.make(api.runtime, clock, "thanks", occasion, at=None, audience=audience)
    member_of(api.runtime, ida, blocked)
    profile.segments.remove(blocked)
    member_of(api.runtime, ida, version=2)
    caring.hear(api.runtime, delivered(api.runtime, ida))
    caring.work(api.runtime)
    assert mails(api.runtime) == []
    assert paused(api, f"/v1/care-rules/{rule_id}") == missing("audience.exclude.0")


def test_a_survey_asks_nobody_who_was_left_out_once_that_segment_is_archived(
    api: Api, profile: Profile, clock: Clock
) -> None:
    blocked, ida = profile.segment(), profile.add()
    path = at_work(api, "surveys", exclude=[blocked])
    clock.advance(minutes=20)
    member_of(api.runtime, ida, blocked)
    asking.hear(api.runtime, ida)
    profile.segments.remove(blocked)
    member_of(api.runtime, ida, version=2)
    asking.work(api.runtime)
    assert (mails(api.runtime), asking.states(api.runtime)) == ([], [("pending", None)])
    assert paused(api, path) == missing("audience.exclude.0")
    assert api.patch(path, {"audience": {"exclude": None}}, api.get(path).json()["version"]).status_code == 200
    assert api.post(f"{path}/publish").status_code == 200
    clock.advance(minutes=16)
    asking.work(api.runtime)
    assert asking.states(api.runtime) == [("sent", None)]


def test_a_survey_waits_while_profile_does_not_say_which_segments_count(
    api: Api, profile: Profile, clock: Clock
) -> None:
    at_work(api, "surveys", exclude=[profile.segment()])
    clock.advance(minutes=20)
    asking.hear(api.runtime, profile.add())
    profile.up = False
    asking.work(api.runtime)
    assert asking.states(api.runtime) == [("pending", None)]
    profile.up = True
    clock.advance(seconds=10)
    asking.work(api.runtime)
    assert asking.states(api.runtime) == [("sent", None)]


def test_a_job_that_invites_an_audience_fails_once_one_of_its_segments_is_archived(api: Api, profile: Profile) -> None:
    blocked, ida = profile.segment(), profile.add()
    path = draft(api, "surveys").headers["Location"]
    assert api.post(f"{path}/publish").status_code == 200
    known(api.runtime, ida)
    member_of(api.runtime, ida, blocked)
    audience = {"customer_ids": [str(ida)], "exclude": [str(blocked)]}
    job_id = api.post(f"{path}/invitations", {"audience": audience}).json()["job_id"]
    profile.segments.remove(blocked)
    member_of(api.runtime, ida, version=2)
    with api.runtime.database.transaction() as session:
        assert jobs.claim(session, api.runtime.now()) is not None
    jobs.run(api.runtime, {invitations.INVITE: invitations.run}, job_id)
    job = api.get(f"/v1/jobs/{job_id}").json()
    assert (job["status"], job["problem"]["code"]) == ("failed", "validation_failed")
    assert asking.kept(api.runtime) == []


@pytest.fixture
def some_taken(api: Api, profile: Profile, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where a campaign is that runs and has taken the first two of five, of whom the last complained."""
    monkeypatch.setattr(broadcasts, "PAGE", 2)
    api.post("/v1/alert-routes", LEADS)
    regulars(api.runtime, profile, 4)
    put_in(api.runtime, REGULARS, [profile.add()], COMPLAINERS)
    path: str = api.post("/v1/campaigns", campaigning.body()).headers["Location"]
    assert api.post(f"{path}/start").status_code == 200
    assert broadcasts.advance_due(api.runtime) == 1
    assert len(members(api.runtime, UUID(path.rpartition("/")[2]))) == 2
    return path


def test_a_campaign_is_a_draft_again_when_a_segment_is_archived_while_its_audience_is_taken(
    api: Api, profile: Profile, some_taken: str
) -> None:
    campaign_id = UUID(some_taken.rpartition("/")[2])
    profile.segments.remove(COMPLAINERS)
    put_in(api.runtime, REGULARS, list(profile.people))  # as profile tells a while after
    campaigning.run(api.runtime)
    shown = api.get(some_taken).json()
    assert (shown["status"], shown["started_at"], shown["snapshot_at"]) == ("draft", None, None)
    assert shown["hindrance"] == missing("audience.exclude.0")
    assert (members(api.runtime, campaign_id), mails(api.runtime)) == ([], [])
    (alert,) = api.get("/v1/staff-alerts?cause=campaign_hindered").json()["items"]
    assert (alert["subject_id"], alert["facts"]["name"]) == (shown["id"], "Autumn")
    assert api.patch(some_taken, {"audience": {"exclude": None}}, shown["version"]).status_code == 200
    assert api.post(f"{some_taken}/start").json()["hindrance"] is None
    campaigning.run(api.runtime)
    assert (len(members(api.runtime, campaign_id)), len(mails(api.runtime))) == (5, 5)


def test_a_campaign_does_not_trust_the_last_page_before_profile_has_spoken(
    api: Api, profile: Profile, some_taken: str
) -> None:
    broadcasts.advance_due(api.runtime)
    broadcasts.advance_due(api.runtime)
    assert len(members(api.runtime, UUID(some_taken.rpartition("/")[2]))) == 5
    profile.segments.remove(COMPLAINERS)
    campaigning.run(api.runtime)
    assert (api.get(some_taken).json()["status"], mails(api.runtime)) == ("draft", [])


def test_a_campaign_waits_with_the_rest_of_its_audience_while_profile_says_nothing(
    api: Api, profile: Profile, clock: Clock, some_taken: str
) -> None:
    profile.up = False
    campaigning.advance(api.runtime)
    shown = api.get(some_taken).json()
    assert (shown["status"], shown["hindrance"]["code"]) == ("running", "dependency_unavailable")
    profile.up = True
    clock.advance(minutes=1)
    campaigning.run(api.runtime)
    shown = api.get(some_taken).json()
    assert (shown["hindrance"], len(mails(api.runtime))) == (None, 4)
