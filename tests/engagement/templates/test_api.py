"""Templates over HTTP: drafted, checked, previewed with a real customer, published, kept by version."""

from typing import Any

import pytest

from services.engagement.customers import usecases as customers
from shared.contracts.examples import examples
from shared.contracts.scoring import TierChanged
from tests.engagement.conftest import Api, Clock, Profile
from tests.engagement.posting import ask, mails, send

pytestmark = pytest.mark.capability("C-24")


def draft(**fields: Any) -> dict[str, Any]:
    return {
        "code": "gift",
        "purpose": "marketing",
        "topic": "offers",
        "variables": {"gift": {"required": True}},
        "channels": {
            "email": {
                "zh": {
                    "subject": "{{ customer.name }}，送您{{ gift }}",
                    "html": "<style>p{color:red}</style><p onclick='x()'>{{ gift }}</p><script>x()</script>",
                },
                "en": {"subject": "A gift: {{ gift }}", "html": "<p>{{ gift }}</p>"},
            }
        },
    } | fields


@pytest.mark.parametrize("block", ["coupon", "points"])
def test_what_nothing_fills_yet_is_refused(api: Api, block: str) -> None:
    refused = api.post("/v1/templates", draft(context=["order", block]))
    assert (refused.status_code, refused.json()["code"]) == (422, "template_invalid")
    (error,) = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("context.1", "not_allowed")
    assert "not available yet" in error["message"]


def test_a_template_from_draft_to_versions(api: Api, profile: Profile) -> None:
    created = api.post("/v1/templates", draft())
    assert created.status_code == 201, created.text
    template = created.json()
    path = f"/v1/templates/{template['id']}"
    assert created.headers["Location"] == path
    assert created.headers["ETag"] == '"1"'
    assert (template["version"], template["published_version"]) == (1, None)
    assert api.post("/v1/templates", draft()).json()["code"] == "already_exists"

    stale = api.patch(path, {"topic": "news"}, 9)
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert api.call("PATCH", path, {"topic": "news"}).status_code == 428
    assert api.patch(path, {"topic": "news"}, 1).json()["version"] == 2

    ada = profile.add(name="Ada Lovelace", locale="en-GB")
    asked = {"customer_id": str(ada), "variables": {"gift": "<tea>"}}
    shown = api.post(f"{path}/preview", asked).json()
    (text,) = shown["texts"]
    assert (text["locale"], text["subject"]) == ("en", "A gift: <tea>")
    assert "&lt;tea&gt;" in text["html"]
    assert "https://shop.example/unsubscribe/t" in text["html"]

    published = api.post(f"{path}/publish").json()
    assert (published["version"], published["published_version"]) == (3, 3)
    assert api.post(f"{path}/publish").json()["version"] == 3
    api.patch(path, {"channels": {"email": {"zh": None}}}, 3)
    assert list(api.get(path).json()["channels"]["email"]) == ["en"]
    api.post(f"{path}/publish")
    versions = api.get(f"{path}/versions").json()["items"]
    assert [one["version"] for one in versions] == [5, 3]
    assert versions[1]["channels"]["email"]["zh"]["html"].startswith('<p style="color:red">{{ gift }}</p>')
    assert [len(one["channels"]["email"]) for one in versions] == [1, 2]

    assert api.call("DELETE", path).status_code == 204
    assert api.get(path).status_code == 200
    assert "gift" not in [one["code"] for one in api.get("/v1/templates").json()["items"]]


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        (
            {"channels": {"email": {"zh": {"subject": "{{ x }}", "html": "<p>"}}}},
            "template_invalid",
            "email.zh.subject",
        ),
        (
            {"channels": {"email": {"zh": {"subject": "a", "html": "<b>" * 20_000}}}},
            "template_invalid",
            "email.zh.html",
        ),
        ({"channels": {"push": {"zh": {"title": "a", "text": "{{" * 250}}}}, "template_invalid", "push.zh.text"),
        ({"channels": {"push": {"zh": {"title": "a", "text": "{% if %}"}}}}, "template_invalid", "push.zh.text"),
        (
            {"channels": {"wechat": {"zh": {"provider_template": "t1", "parameters": {"thing1": "{{ y }}"}}}}},
            "template_invalid",
            "wechat.zh.parameters.thing1",
        ),
        ({"channels": {"email": {"zh": {"subject": "a"}}}}, "validation_failed", "email.zh.html"),
        ({"channels": {"fax": {}}}, "unknown_field", "fax"),
    ],
)
def test_mistakes_are_found_at_save(api: Api, fields: dict[str, Any], code: str, field: str) -> None:
    refused = api.post("/v1/templates", draft(**fields))
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert [error["field"] for error in refused.json()["errors"]] == [f"channels.{field}"]


def test_a_text_that_loops_beyond_the_limit_is_refused_when_it_is_published(api: Api) -> None:
    endless = {"push": {"zh": {"title": "a", "text": "{% for i in (1..100000) %}{{ i }}{% endfor %}"}}}
    template = api.post("/v1/templates", draft(code="endless", channels=endless)).json()
    path = f"/v1/templates/{template['id']}"
    refused = api.post(f"{path}/publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "template_invalid")
    (error,) = refused.json()["errors"]
    assert (error["field"], error["code"]) == ("channels.push.zh.text", "too_large")
    assert "10,000 steps" in error["message"]
    assert api.get(path).json()["published_version"] is None

    mended = {"channels": {"push": {"zh": {"text": "{% for i in (1..3) %}{{ i }}{% endfor %}"}}}}
    assert api.patch(path, mended, 1).status_code == 200
    assert api.post(f"{path}/publish").json()["published_version"] == 3


def test_a_text_names_the_customers_number_and_tier_in_the_preview_and_when_it_is_sent(
    api: Api, profile: Profile, clock: Clock
) -> None:
    gold, plain = profile.add(number="C-2026-000007"), profile.add()
    with api.runtime.database.transaction() as session:
        change = {"customer_id": gold, "tier": "gold"}
        customers.record_tiers(session, [examples(TierChanged)[0].model_copy(update=change)], clock())
    text = "{{ customer.number }}/{{ customer.tier }}!"
    made = api.post(
        "/v1/templates",
        draft(purpose="service", variables={}, channels={"email": {"zh": {"subject": text, "html": "<p>x</p>"}}}),
    )
    path = f"/v1/templates/{made.json()['id']}"
    api.post(f"{path}/publish")
    for one, said in ((gold, "C-2026-000007/gold!"), (plain, "/!")):
        assert api.post(f"{path}/preview", {"customer_id": str(one)}).json()["texts"][0]["subject"] == said
    ask(api.runtime, gold, template="gift", purpose="service", topic="offers")
    send(api.runtime)
    (mail,) = mails(api.runtime)
    assert "Subject: C-2026-000007/gold!" in mail


def test_a_preview_of_a_text_that_loops_beyond_the_limit_says_what_to_do(api: Api, profile: Profile) -> None:
    loops = {"push": {"zh": {"title": "a", "text": "{% for i in (1..gift) %}{{ i }}{% endfor %}"}}}
    made = api.post("/v1/templates", draft(channels=loops)).json()
    asked = {"customer_id": str(profile.add()), "variables": {"gift": "99999"}}
    refused = api.post(f"/v1/templates/{made['id']}/preview", asked).json()
    assert refused["code"] == "template_invalid"
    (error,) = refused["errors"]
    assert (error["field"], error["code"]) == ("channels.push", "too_large")
    assert "shorten the ranges" in error["message"]


def test_a_name_is_masked_in_a_preview_for_who_may_not_see_it(api: Api, profile: Profile) -> None:
    ada = profile.add(name="李娜", locale="zh-CN")
    (birthday,) = [one for one in api.get("/v1/templates").json()["items"] if one["code"] == "birthday"]
    path, body = f"/v1/templates/{birthday['id']}/preview", {"customer_id": str(ada)}
    assert api.post(path, body).json()["texts"][0]["subject"] == "李娜，生日快乐"
    assert api.post(path, body, scopes=("engagement:read",)).json()["texts"][0]["subject"] == "李**，生日快乐"
    english = api.post(path, body | {"locale": "en"}).json()["texts"][0]
    assert english["subject"] == "Happy birthday, 李娜"
    unknown = api.post(path, {"customer_id": birthday["id"]})
    assert [error["code"] for error in unknown.json()["errors"]] == ["reference_not_found"]
