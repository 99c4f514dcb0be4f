"""The answer page over HTTP: one answer, in a browser or a front end, and nothing by looking."""

from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from services.engagement.republish import REPUBLISH
from services.engagement.surveys import usecases as surveys
from services.engagement.surveys.answers.tables import SurveyResponse
from shared.contracts.engagement import SurveyAnswered
from shared.ids import new_id
from shared.messaging import republish
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.posting import mails, published
from tests.engagement.surveys.asking import (
    BROWSER,
    PUBLIC,
    answer,
    fill,
    hear,
    invited,
    kept,
    links,
    live,
    states,
    work,
)

pytestmark = pytest.mark.capability("C-31")
GOOD = {"answers": {"csat": 4, "nps": 9, "speed": 5, "why": ["late"], "more": "谢谢 <b>!</b>"}}
FIELDS = [("csat", "4"), ("nps", "9"), ("speed", "5"), ("why", "late"), ("why", "broken"), ("more", "不错")]


class Reader(HTMLParser):
    """Controls of a page, whether each has a label, and what a strict policy would have to forbid."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.controls: list[tuple[str, str]] = []
        self.checked: list[tuple[str, str]] = []
        self.foreign: list[str] = []
        self.unlabelled, self._inside = 0, 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.foreign += [name for name in given if name == "style" or name.startswith("on")]
        self.foreign += [tag] * (tag in {"script", "img", "iframe", "link", "object"})
        self._inside += tag == "label"
        if tag in {"input", "textarea"}:
            self.controls.append((given["name"], given.get("value", "")))
            self.unlabelled += self._inside == 0 and given.get("type") != "hidden"
        if "checked" in given:
            self.checked.append((given["name"], given["value"]))

    def handle_endtag(self, tag: str) -> None:
        self._inside -= tag == "label"


def responses(api: Api) -> list[Any]:
    with api.runtime.database.reading() as session:
        return list(session.query(SurveyResponse).order_by(SurveyResponse.response_id))


def told(api: Api) -> list[SurveyAnswered]:
    return [event for event in published(api.runtime) if isinstance(event, SurveyAnswered)]


@pytest.fixture
def path(api: Api, profile: Profile) -> str:
    """The path of the answer page of a customer who had a delivery."""
    return invited(api, profile.add())


def test_the_page_is_scriptless_guarded_and_asks_everything(api: Api, path: str) -> None:
    shown = api.http.get(path, headers=BROWSER)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in shown.headers["content-security-policy"]
    assert "unsafe" not in shown.headers["content-security-policy"]
    assert (shown.headers["cache-control"], shown.headers["referrer-policy"]) == ("no-store", "no-referrer")
    page = Reader(shown.text)
    assert (page.foreign, page.unlabelled) == ([], 0)
    asked = [("csat", str(n)) for n in range(1, 6)] + [("nps", str(n)) for n in range(11)]
    asked += [("speed", str(n)) for n in range(1, 6)] + [("why", "late"), ("why", "broken"), ("more", "")]
    assert page.controls == [*asked, ("decline", "1")]
    assert 'lang="zh"' in shown.text
    assert "这次购物怎么样？" in shown.text
    english = api.http.get(f"{path}?locale=en", headers=BROWSER).text
    assert "How was it?" in english
    assert "How likely are you to recommend us" in english


def test_looking_changes_nothing(api: Api, path: str) -> None:
    before = [vars(one).copy() for one in kept(api.runtime)]
    for _ in range(2):
        assert api.http.get(path, headers=BROWSER).status_code == 200
        assert api.http.get(path).json()["status"] == "open"
    after = [vars(one) for one in kept(api.runtime)]
    for one in [*before, *after]:
        one.pop("_sa_instance_state")
    assert before == after


def test_an_answer_from_the_page_is_taken_once(api: Api, path: str) -> None:
    sent = fill(api, path, FIELDS)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}?locale=zh")
    assert "已收到您的回答" in api.http.get(sent.headers["location"], headers=BROWSER).text
    again = fill(api, path, [("csat", "1")])
    assert (again.status_code, again.headers["content-type"]) == (409, "text/html; charset=utf-8")
    assert "已回答" in again.text
    assert answer(api, path, GOOD).json()["code"] == "already_answered"
    (response,) = responses(api)
    assert (response.csat, response.nps, response.ratings) == (4, 9, {"logistics": 5})
    assert (response.choices, response.texts) == ({"why": ["late", "broken"]}, {"more": "不错"})
    assert states(api.runtime) == [("answered", None)]


def test_an_answer_under_a_key_is_repeated_and_another_one_under_it_is_refused(api: Api, path: str) -> None:
    key, other = {"Idempotency-Key": "answer-1"}, {"answers": {"csat": 1}}
    first, again, more = (api.http.post(f"{path}/answers", json=body, headers=key) for body in (GOOD, GOOD, other))
    assert (first.status_code, again.status_code, again.json()) == (201, 201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert (more.status_code, more.json()["code"]) == (422, "idempotency_mismatch")
    assert len(responses(api)) == 1


def test_an_answer_is_told_without_its_words(api: Api, path: str) -> None:
    assert answer(api, path, GOOD).status_code == 201
    (event,), (response,) = told(api), responses(api)
    (invitation,) = kept(api.runtime)
    assert (event.csat, event.nps, event.ratings, event.trigger) == (4, 9, {"logistics": 5}, "delivered")
    assert (event.customer_id, event.order_id) == (invitation.customer_id, invitation.order_id)
    assert (event.response_id, event.survey_id) == (response.response_id, response.survey_id)
    assert "谢谢" not in event.model_dump_json()


def test_a_page_with_mistakes_comes_back_with_what_was_filled_in(api: Api, path: str) -> None:
    sent = fill(api, path, [("speed", "3"), ("why", "late"), ("more", "<i>太慢</i>")], "en")
    assert sent.status_code == 422
    page = Reader(sent.text)
    assert page.checked == [("speed", "3"), ("why", "late")]
    assert "&lt;i&gt;太慢&lt;/i&gt;" in sent.text
    assert 'role="alert"' in sent.text
    assert 'href="#q-csat"' in sent.text
    assert responses(api) == []
    assert fill(api, path, [("csat", "3")]).status_code == 303


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"answers": {"csat": 9}}, "answers.csat", "too_large"),
        ({"answers": {}}, "answers.csat", "required"),
        ({"answers": {"csat": 4, "gift": 1}}, "answers.gift", "unknown"),
        ({"answers": {"csat": 4, "more": "x" * 2_001}}, "answers.more", "too_long"),
        ({"reply": {}}, "reply", "unknown"),
        ([], "", "type"),
    ],
)
def test_what_does_not_fit_is_refused(api: Api, path: str, body: Any, field: str, code: str) -> None:
    refused = answer(api, path, body)
    assert refused.status_code == 422
    assert (field, code) in [(error["field"], error["code"]) for error in refused.json()["errors"]]
    assert responses(api) == []


def test_a_link_ends_with_its_days(api: Api, path: str, clock: Clock) -> None:
    clock.advance(days=14)
    assert api.http.get(path).json()["code"] == "link_expired"
    assert answer(api, path, GOOD).json()["code"] == "link_expired"
    page = api.http.get(path, headers=BROWSER)
    assert (page.status_code, "链接已过期" in page.text, "较新的消息" in page.text) == (410, True, True)
    assert fill(api, path, FIELDS).status_code == 410
    work(api.runtime)
    assert answer(api, path, GOOD).status_code == 410
    assert responses(api) == []


def test_a_closed_survey_takes_no_answer_and_a_paused_one_does(api: Api, profile: Profile, path: str) -> None:
    survey_id = kept(api.runtime)[0].survey_id
    hear(api.runtime, profile.add())
    work(api.runtime)
    other = links(api.runtime)[-1]
    with api.runtime.database.transaction() as session:
        surveys.pause(session, survey_id, api.runtime.now())
    assert answer(api, path, GOOD).status_code == 201
    with api.runtime.database.transaction() as session:
        surveys.close(session, survey_id, api.runtime.now())
    assert answer(api, other, GOOD).json()["code"] == "survey_closed"
    assert api.http.get(other, headers=BROWSER).status_code == 410
    assert api.http.get(path).json()["status"] == "answered"


@pytest.mark.parametrize("token", ["x", "a.b.c", "0" * 24, "%2e%2e", "9" * 1_001])
def test_a_link_that_nobody_made_opens_nothing(api: Api, path: str, token: str) -> None:
    damaged = "/v1/public/surveys/" + token
    assert api.http.get(damaged).status_code in (403, 404, 422)
    assert answer(api, damaged, GOOD).status_code in (403, 404, 422)
    assert api.http.get(path[:-2] + "xx").json()["code"] == "link_invalid"
    assert "请回到收到的消息" in api.http.get(path[:-2] + "xx", headers=BROWSER).text


def test_an_answer_by_a_link_is_for_the_version_that_was_asked(api: Api, path: str) -> None:
    survey_id = kept(api.runtime)[0].survey_id
    read = api.get(f"/v1/surveys/{survey_id}").json()
    api.patch(f"/v1/surveys/{survey_id}", {"questions": [{"code": "nps", "kind": "nps"}]}, read["version"])
    api.post(f"/v1/surveys/{survey_id}/publish")
    assert api.http.get(path).json()["questions"][0]["code"] == "csat"
    assert answer(api, path, GOOD).status_code == 201
    assert responses(api)[0].survey_version == read["published_version"]


def test_of_many_answers_at_once_one_is_taken(api: Api, path: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = list(
            pool.map(lambda _: httpx.post(f"{api.http.base_url}{path}/answers", json=GOOD, timeout=30), range(16))
        )
    assert sorted(one.status_code for one in told) == [201] + [409] * 15
    assert len(responses(api)) == 1


def test_who_would_rather_not_is_left_alone(api: Api, path: str, clock: Clock) -> None:
    assert fill(api, path, [("decline", "1")]).status_code == 303
    assert states(api.runtime) == [("declined", None)]
    clock.advance(days=4)
    work(api.runtime)
    assert len(mails(api.runtime)) == 1
    assert "不会再就此问卷打扰您" in api.http.get(path, headers=BROWSER).text
    assert (responses(api), told(api)) == ([], [])


def test_whoever_answered_is_not_reminded(api: Api, path: str, clock: Clock) -> None:
    answer(api, path, GOOD)
    clock.advance(days=4)
    work(api.runtime)
    assert len(mails(api.runtime)) == 1


def test_a_public_survey_takes_one_answer_a_ticket_and_knows_nobody(api: Api) -> None:
    survey_id = live(api.runtime, **PUBLIC)
    path = urlsplit(api.get(f"/v1/surveys/{survey_id}/link").json()["url"]).path
    assert api.get(f"/v1/surveys/{live(api.runtime, code='invited')}/link").status_code == 404
    ticket = api.http.get(path).json()["ticket"]
    assert answer(api, path, GOOD).json()["code"] == "link_invalid"
    assert answer(api, path, GOOD | {"ticket": ticket}).status_code == 201
    assert answer(api, path, GOOD | {"ticket": ticket}).json()["code"] == "already_answered"
    other = live(api.runtime, code="other", **PUBLIC)
    with api.runtime.database.reading() as session:
        elsewhere = f"/v1/public/surveys/{surveys.get(session, other).link_code}"
    assert answer(api, elsewhere, GOOD | {"ticket": ticket}).json()["code"] == "link_invalid"
    page = Reader(api.http.get(path, headers=BROWSER).text)
    fields = [("ticket", dict(page.controls)["ticket"]), ("csat", "5")]
    sent = fill(api, path, fields)
    assert sent.status_code == 303
    assert "已收到您的回答" in api.http.get(sent.headers["location"], headers=BROWSER).text
    assert fill(api, path, fields).status_code == 409
    assert [(one.customer_id, one.source) for one in responses(api)] == [(None, "public")] * 2
    assert told(api) == []


def test_a_customer_answers_in_the_front_end_and_uses_up_the_invitation(api: Api, profile: Profile) -> None:
    ada = profile.add()
    path = invited(api, ada)
    survey_id = kept(api.runtime)[0].survey_id
    own = f"/v1/customers/{ada}/surveys/{survey_id}/answers"
    assert api.post(own, GOOD).status_code == 201
    assert api.post(own, GOOD).json()["code"] == "already_answered"
    assert answer(api, path, GOOD).json()["code"] == "already_answered"
    assert [one.source for one in responses(api)] == ["staff"]


def test_staff_fill_in_a_form_for_somebody_once_in_the_cool_down(api: Api, profile: Profile, clock: Clock) -> None:
    survey_id, ada = live(api.runtime), profile.add()
    own = f"/v1/customers/{ada}/surveys/{survey_id}/answers"
    assert api.post(own, GOOD).status_code == 201
    assert api.post(own, GOOD).json()["code"] == "already_answered"
    clock.advance(days=31)
    assert api.post(own, GOOD).status_code == 201
    assert [event.trigger for event in told(api)] == ["manual", "manual"]
    public = live(api.runtime, code="public", **PUBLIC)
    assert api.post(f"/v1/customers/{ada}/surveys/{public}/answers", GOOD).status_code == 404
    assert api.post(f"/v1/customers/{ada}/surveys/{new_id()}/answers", GOOD).status_code == 404


def test_the_customers_words_are_for_whoever_may_see_them(api: Api, path: str) -> None:
    answer(api, path, GOOD)
    survey_id: UUID = kept(api.runtime)[0].survey_id
    listed = f"/v1/surveys/{survey_id}/answers"
    assert [one["texts"] for one in api.get(listed).json()["items"]] == [{"more": "谢谢 <b>!</b>"}]
    masked = api.get(listed, scopes=("engagement:read",)).json()["items"]
    assert [(one["texts"], one["csat"]) for one in masked] == [(None, 4)]
    stored = api.runtime.database.engine.connect().exec_driver_sql("SELECT texts FROM survey_response").scalar_one()
    assert "谢谢".encode() not in bytes(stored)


def test_an_answer_can_be_told_again(api: Api, path: str) -> None:
    answer(api, path, GOOD)
    assert republish.run(api.runtime, REPUBLISH, only=SurveyAnswered.type) == 1
    first, again = told(api)
    assert again.model_copy(update={"origin": first.origin}) == first


@pytest.mark.capability("C-28")
@pytest.mark.parametrize(
    ("scores", "opened"),
    [
        ({"csat": 2, "nps": 9}, 1),
        ({"csat": 5, "nps": 6}, 1),
        ({"csat": 1, "nps": 0}, 1),
        ({"csat": 3, "nps": 7}, 0),
        ({"csat": 3}, 0),
    ],
)
def test_a_low_score_opens_one_task(api: Api, profile: Profile, scores: dict[str, int], opened: int) -> None:
    ada = profile.add()
    page = invited(api, ada, low_score={"csat_at_most": 2, "nps_at_most": 6, "task": "visit"})
    assert answer(api, page, {"answers": scores}).status_code == 201
    assert answer(api, page, {"answers": {"csat": 1}}).status_code == 409
    tasks = api.get(f"/v1/tasks?customer_id={ada}").json()["items"]
    assert [(one["kind"], one["cause"], one["priority"]) for one in tasks] == [("visit", "low_score", 2)] * opened
    for one in tasks:
        assert {name: one["facts"].get(name) for name in scores} == scores
        assert one["facts"]["survey"] == "after-delivery"
