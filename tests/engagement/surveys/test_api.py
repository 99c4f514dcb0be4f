"""Surveys over HTTP, from draft to closed."""

from typing import Any

import pytest

from tests.engagement.conftest import Api
from tests.engagement.surveys.asking import PUBLIC, survey

pytestmark = pytest.mark.capability("C-31")


def test_a_survey_from_draft_to_closed(api: Api) -> None:
    created = api.post("/v1/surveys", survey())
    assert created.status_code == 201, created.text
    path, made = created.headers["Location"], created.json()
    assert (made["status"], made["version"], made["published_version"]) == ("draft", 1, None)
    assert api.post("/v1/surveys", survey()).json()["code"] == "already_exists"
    assert api.post(f"{path}/pause").json()["code"] == "invalid_transition"
    assert api.post(f"{path}/publish").json()["status"] == "live"
    assert api.post(f"{path}/pause").json()["status"] == "paused"
    assert api.post(f"{path}/publish").json()["status"] == "live"
    assert api.post(f"{path}/close").json()["status"] == "closed"
    for step in ("publish", "pause", "close"):
        assert api.post(f"{path}/{step}").json()["code"] == "invalid_transition"
    version = api.get(path).json()["version"]
    assert api.patch(path, {"valid_days": 7}, version).json()["code"] == "invalid_transition"
    assert [one["code"] for one in api.get("/v1/surveys?status=closed").json()["items"]] == ["after-delivery"]
    assert api.call("DELETE", path).status_code == 204
    assert api.get("/v1/surveys?status=closed").json()["items"] == []
    assert api.get(path).status_code == 200


def test_what_is_asked_changes_when_it_is_published(api: Api) -> None:
    path = api.post("/v1/surveys", survey()).headers["Location"]
    first = api.post(f"{path}/publish").json()
    edited = api.patch(path, {"titles": {"en": "How did it go?"}, "valid_days": 7}, first["version"]).json()
    assert edited["published_version"] == first["published_version"]
    assert [one["titles"]["en"] for one in api.get(f"{path}/versions").json()["items"]] == ["How was it?"]
    api.post(f"{path}/publish")
    asked = api.get(f"{path}/versions").json()["items"]
    assert [one["titles"]["en"] for one in asked] == ["How did it go?", "How was it?"]
    assert asked[1]["version"] == first["published_version"]
    api.post(f"{path}/pause")
    api.post(f"{path}/publish")
    assert len(api.get(f"{path}/versions").json()["items"]) == 2


def choice(**fields: Any) -> dict[str, Any]:
    option = {"code": "a", "titles": {"en": "A"}}
    return {"code": "why", "kind": "choice", "titles": {"en": "Why?"}, "options": [option]} | fields


CSAT, NPS = {"code": "csat", "kind": "csat"}, {"code": "nps", "kind": "nps"}


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"titles": {}}, "titles", "required"),
        ({"questions": []}, "questions", "too_short"),
        ({"questions": [CSAT, {"code": "again", "kind": "csat"}]}, "questions.0.kind", "duplicate"),
        ({"questions": [CSAT, CSAT | {"kind": "nps"}]}, "questions.0.code", "duplicate"),
        ({"questions": [{"code": "own", "kind": "rating", "aspect": "taste"}]}, "questions.0.titles", "required"),
        ({"questions": [choice(titles={})]}, "questions.0.titles", "required"),
        ({"questions": [choice(options=[])]}, "questions.0.choice.options", "too_short"),
        ({"questions": [choice(options=[{"code": "a", "titles": {}}])]}, "questions.0.options", "required"),
        ({"questions": [{"code": "x", "kind": "stars"}]}, "questions.0", "not_allowed"),
        ({"trigger": {"kind": "moon"}}, "trigger", "not_allowed"),
        ({"trigger": {"kind": "periodic", "every_days": 1}}, "trigger.periodic.every_days", "too_small"),
        ({"template": "nothing"}, "template", "reference_not_found"),
        ({"template": "birthday"}, "template", "not_allowed"),
        ({"template": None}, "template", "required"),
        ({"channels": []}, "channels", "required"),
        ({"reminder_days": [5, 3]}, "", "format"),
        ({"reminder_days": [14]}, "", "format"),
        ({"kind": "public"}, "template", "not_allowed"),
        ({"low_score": {}}, "low_score", "format"),
        ({"low_score": {"csat_at_most": 0}}, "low_score.csat_at_most", "too_small"),
        ({"low_score": {"nps_at_most": 6}, "questions": [CSAT]}, "low_score.nps_at_most", "not_allowed"),
        (PUBLIC | {"low_score": {"csat_at_most": 2}}, "low_score", "not_allowed"),
        (PUBLIC | {"trigger": {"kind": "periodic", "every_days": 30}}, "trigger", "not_allowed"),
    ],
)
def test_what_cannot_work_is_refused(api: Api, fields: dict[str, Any], field: str, code: str) -> None:
    refused = api.post("/v1/surveys", survey(**fields))
    assert refused.status_code == 422
    assert (field, code) in [(error["field"], error["code"]) for error in refused.json()["errors"]]


def test_a_changed_survey_needs_the_version_that_was_read(api: Api) -> None:
    path = api.post("/v1/surveys", survey()).headers["Location"]
    assert api.patch(path, {"cooldown_days": 7}, 1).json()["cooldown_days"] == 7
    assert api.patch(path, {"cooldown_days": 8}, 1).status_code == 412
    assert api.call("PATCH", path, {"cooldown_days": 8}).status_code == 428
    assert api.patch(path, {"cooldown_days": -1}, 2).json()["errors"][0]["code"] == "too_small"
    assert api.get("/v1/surveys", scopes=("points:write",)).status_code == 403


def test_the_way_to_a_public_survey_is_drawn_and_that_of_others_is_not(api: Api) -> None:
    path = api.post("/v1/surveys", survey(**PUBLIC | {"code": "kiosk"})).headers["Location"]
    drawn = api.get(f"{path}/qr")
    assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/svg+xml")
    assert drawn.text.count("<path") == 1
    assert "<script" not in drawn.text
    small, large = (api.get(f"{path}/qr?format=png&scale={scale}").content for scale in (1, 10))
    assert small[:4] == large[:4] == b"\x89PNG"
    assert len(small) < len(large)
    assert api.get(f"{path}/qr?scale=41").json()["errors"][0]["code"] == "too_large"
    assert api.get(f"{path}/qr?format=gif").json()["errors"][0]["code"] == "not_allowed"
    assert api.get(f"{api.post('/v1/surveys', survey()).headers['Location']}/qr").status_code == 404
