"""Segments that documents with an audience name, over HTTP: asked of profile, whatever kind of document it is."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.ids import new_id
from tests.engagement.alert_routes.test_api import LEADS
from tests.engagement.broadcasts import campaigning
from tests.engagement.care.test_api import rule
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.surveys.asking import survey

pytestmark = pytest.mark.capability("C-06")
BODIES: dict[str, Callable[..., dict[str, Any]]] = {
    "campaigns": campaigning.body,
    "care-rules": rule,
    "surveys": survey,
}
GOING_LIVE = [
    *(("campaigns", "schedule"), ("campaigns", "start")),
    *(("care-rules", "activate"), ("surveys", "publish")),
]
PARTS = ("include", "exclude")
every_noun = pytest.mark.parametrize("noun", BODIES)


def draft(api: Api, noun: str, **audience: list[UUID]) -> Any:
    named = {part: [str(one) for one in some] for part, some in audience.items()}
    return api.post(f"/v1/{noun}", BODIES[noun](audience=named))


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(one["field"], one["code"]) for one in answer.json()["errors"]]


def listed(api: Api, noun: str) -> list[dict[str, Any]]:
    return api.get(f"/v1/{noun}?limit=200").json()["items"]  # type: ignore[no-any-return]


@every_noun
def test_a_segment_that_counts_may_be_included_and_left_out(api: Api, profile: Profile, noun: str) -> None:
    audience = {"include": [profile.segment()], "exclude": [profile.segment(), profile.segment()]}
    made = draft(api, noun, **audience)
    assert made.status_code == 201, made.text
    assert made.json()["audience"]["exclude"] == [str(one) for one in audience["exclude"]]


@every_noun
@pytest.mark.parametrize("part", PARTS)
def test_a_segment_that_nobody_knows_is_refused_where_it_stands(
    api: Api, profile: Profile, noun: str, part: str
) -> None:
    audience = {"include": [profile.segment()], "exclude": [profile.segment()]}
    before = len(listed(api, noun))
    refused = draft(api, noun, **audience | {part: [*audience[part], new_id()]})
    assert faults(refused) == [(f"audience.{part}.1", "reference_not_found")]
    assert len(listed(api, noun)) == before


@every_noun
def test_a_change_may_not_name_an_unknown_segment_either(api: Api, profile: Profile, noun: str) -> None:
    path = draft(api, noun, include=[profile.segment()]).headers["Location"]
    refused = api.patch(path, {"audience": {"exclude": [str(new_id())]}}, 1)
    assert faults(refused) == [("audience.exclude.0", "reference_not_found")]
    known = str(profile.segment())
    changed = api.patch(path, {"audience": {"exclude": [known]}}, 1)
    assert (changed.status_code, changed.json()["audience"]["exclude"]) == (200, [known])
    cleared = api.patch(path, {"audience": {"exclude": None}}, 2).json()["audience"]
    assert (cleared["exclude"], len(cleared["include"])) == ([], 1)


@pytest.mark.parametrize(("noun", "verb"), GOING_LIVE)
def test_nothing_goes_live_over_a_segment_that_was_archived_since(
    api: Api, profile: Profile, noun: str, verb: str
) -> None:
    left_out = profile.segment()
    path = draft(api, noun, include=[profile.segment()], exclude=[left_out]).headers["Location"]
    profile.segments.remove(left_out)
    assert faults(api.post(f"{path}/{verb}")) == [("audience.exclude.0", "reference_not_found")]
    profile.segments.add(left_out)
    assert api.post(f"{path}/{verb}").status_code == 200


@every_noun
def test_who_names_segments_waits_for_profile_and_who_names_none_does_not(
    api: Api, profile: Profile, noun: str
) -> None:
    known, before = profile.segment(), len(listed(api, noun))
    profile.up = False
    refused = draft(api, noun, exclude=[known], customer_ids=[new_id()])
    assert (refused.status_code, refused.json()["code"]) == (503, "dependency_unavailable")
    assert len(listed(api, noun)) == before
    assert draft(api, noun, customer_ids=[new_id()]).status_code == 201


def test_a_campaign_whose_audience_was_taken_goes_on_without_its_segments(api: Api, profile: Profile) -> None:
    profile.segments |= {campaigning.REGULARS, campaigning.COMPLAINERS}
    campaigning.regulars(api.runtime, profile, 3)
    path = api.post("/v1/campaigns", campaigning.body(throttle_per_minute=1)).headers["Location"]
    assert [api.post(f"{path}/{verb}").status_code for verb in ("start", "pause")] == [200, 200]
    profile.segments.clear()
    assert faults(api.post(f"{path}/start")) == [(f"audience.{part}.0", "reference_not_found") for part in PARTS]
    profile.segments |= {campaigning.REGULARS, campaigning.COMPLAINERS}
    assert api.post(f"{path}/start").status_code == 200
    campaigning.advance(api.runtime)
    profile.segments.clear()
    assert api.get(path).json()["snapshot_at"] is not None
    assert [api.post(f"{path}/{verb}").status_code for verb in ("pause", "start")] == [200, 200]


def scheduled(api: Api) -> str:
    """A campaign that starts by itself in an hour."""
    window = {"from": (api.runtime.now() + timedelta(hours=1)).isoformat(), "to": "2026-11-27T12:00:00Z"}
    path = api.post("/v1/campaigns", campaigning.body(window=window)).headers["Location"]
    assert api.post(f"{path}/schedule").json()["status"] == "scheduled"
    return path


def test_a_scheduled_campaign_does_not_start_over_a_segment_that_was_archived_since_and_staff_are_told(
    api: Api, profile: Profile, clock: Clock
) -> None:
    api.post("/v1/alert-routes", LEADS)
    profile.segments |= {campaigning.REGULARS, campaigning.COMPLAINERS}
    campaigning.regulars(api.runtime, profile, 3)
    path = scheduled(api)
    profile.segments.remove(campaigning.COMPLAINERS)
    clock.advance(hours=1)
    campaigning.advance(api.runtime)
    shown = api.get(path).json()
    assert (shown["status"], shown["started_at"], shown["version"]) == ("draft", None, 3)
    assert shown["hindrance"] == {"code": "segment_not_published", "fields": ["audience.exclude.0"]}
    assert api.get(f"{path}/audience").json()["items"] == []
    (alert,) = api.get("/v1/staff-alerts?cause=campaign_hindered").json()["items"]
    assert (alert["subject_id"], alert["facts"]["name"]) == (shown["id"], "Autumn")
    assert api.patch(path, {"audience": {"exclude": None}}, 3).status_code == 200
    assert api.post(f"{path}/schedule").json()["hindrance"] is None
    campaigning.advance(api.runtime)
    assert [api.get(path).json()["status"], len(api.get(f"{path}/audience").json()["items"])] == ["running", 3]


def test_a_scheduled_campaign_waits_while_profile_does_not_say_which_segments_count(
    api: Api, profile: Profile, clock: Clock
) -> None:
    profile.segments |= {campaigning.REGULARS, campaigning.COMPLAINERS}
    campaigning.regulars(api.runtime, profile, 3)
    path = scheduled(api)
    clock.advance(hours=1)
    profile.up = False
    campaigning.advance(api.runtime)
    shown = api.get(path).json()
    assert (shown["status"], shown["hindrance"]["code"]) == ("scheduled", "dependency_unavailable")
    profile.up = True
    campaigning.advance(api.runtime)
    assert api.get(path).json()["status"] == "scheduled"
    clock.advance(minutes=1)
    campaigning.advance(api.runtime)
    shown = api.get(path).json()
    assert (shown["status"], shown["hindrance"]) == ("running", None)
    assert len(api.get(f"{path}/audience").json()["items"]) == 3


def test_a_repetition_is_answered_as_before_whatever_became_of_the_segment(api: Api, profile: Profile) -> None:
    body = campaigning.body(audience={"include": [str(profile.segment())]})
    first = api.post("/v1/campaigns", body, **{"Idempotency-Key": "autumn"})
    profile.segments.clear()
    again = api.post("/v1/campaigns", body, **{"Idempotency-Key": "autumn"})
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 201, first.json()["id"])


def test_nobody_is_invited_over_an_unknown_segment(api: Api, profile: Profile) -> None:
    path = api.post("/v1/surveys", survey(trigger={"kind": "manual"})).headers["Location"]
    api.post(f"{path}/publish")
    gold, unknown = str(profile.segment()), str(new_id())
    refused = api.post(f"{path}/invitations", {"audience": {"include": [gold], "exclude": [unknown]}})
    assert faults(refused) == [("audience.exclude.0", "reference_not_found")]
    assert api.post(f"{path}/invitations", {"audience": {"include": [gold]}}).status_code == 202
