"""Subscription messages of a mini program, as their documentation has them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from services.engagement.channels.adapters import wechat
from services.engagement.channels.adapters.tokens import Tokens
from services.engagement.channels.adapters.wechat import CARD, Credentials
from services.engagement.channels.schemas import Outcome
from tests.engagement.channels.doors import BESIDE, Door, door
from tests.engagement.channels.test_smtp import outgoing

pytestmark = pytest.mark.capability("C-23")

TOKEN = (200, {"access_token": "t-1", "expires_in": 7200})
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"


@pytest.fixture(autouse=True)
def no_tokens(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(wechat, "TOKENS", Tokens())
    yield


def hand_over(weixin: Door, **fields: Any) -> Outcome:
    told = Credentials(app_id="wx1", app_secret="s", endpoint=weixin.url)
    message = {"channel": "wechat", "to": OPENID, "provider_template": "T1", "page": "gift", "locale": "zh-CN"}
    return CARD.open(BESIDE, told).send(outgoing(**message | {"parameters": {"thing1": "龙井"}} | fields))


def test_a_message_is_asked_for_as_it_is_documented() -> None:
    with door(TOKEN, (200, {"errcode": 0, "errmsg": "ok"})) as weixin:
        assert hand_over(weixin).result == "accepted"
    token, sent = weixin.asked
    assert token.path == "/cgi-bin/stable_token"
    assert token.json == {"grant_type": "client_credential", "appid": "wx1", "secret": "s"}
    assert (sent.path, sent.query) == ("/cgi-bin/message/subscribe/send", {"access_token": "t-1"})
    assert sent.json == {
        "touser": OPENID,
        "template_id": "T1",
        "page": "gift",
        "data": {"thing1": {"value": "龙井"}},
        "miniprogram_state": "formal",
        "lang": "zh_CN",
    }


@pytest.mark.parametrize(("locale", "lang"), [("en", "en_US"), ("en-GB", "en_US"), ("zh-TW", "zh_TW"), ("fr", "zh_CN")])
def test_the_page_opens_in_the_persons_language(locale: str, lang: str) -> None:
    with door(TOKEN, (200, {"errcode": 0})) as weixin:
        hand_over(weixin, locale=locale)
    assert weixin.asked[1].json["lang"] == lang


def test_a_token_is_used_until_shortly_before_it_ends() -> None:
    with door(TOKEN, (200, {"errcode": 0}), (200, {"errcode": 0}), TOKEN, (200, {"errcode": 0})) as weixin:
        start = outgoing().at
        for minutes in (0, 117, 119):
            assert hand_over(weixin, at=start + timedelta(minutes=minutes)).result == "accepted"
    assert [asked.path.rpartition("/")[2] for asked in weixin.asked] == [
        *("stable_token", "send", "send"),
        *("stable_token", "send"),
    ]


def test_a_token_that_is_refused_is_fetched_anew_once() -> None:
    with door(TOKEN, (200, {"errcode": 42001}), TOKEN, (200, {"errcode": 0})) as weixin:
        assert hand_over(weixin).result == "accepted"
    with door(TOKEN, (200, {"errcode": 40001})) as weixin:
        weixin.answers = [TOKEN, (200, {"errcode": 40001}), TOKEN, (200, {"errcode": 40001})]
        assert hand_over(weixin).result == "later"
        assert len(weixin.asked) == 4


@pytest.mark.parametrize(
    ("answer", "result", "bad", "no_credit"),
    [
        ((200, {"errcode": 43101}), "refused", False, True),
        ((200, {"errcode": 40003}), "refused", True, False),
        ((200, {"errcode": 47003}), "refused", False, False),
        ((200, {"errcode": -1}), "later", False, False),
        ((200, {"errcode": 45009}), "later", False, False),
        ((502, b""), "unknown", False, False),
        (None, "unknown", False, False),
    ],
)
def test_what_an_answer_means(answer: Any, result: str, bad: bool, no_credit: bool) -> None:
    with door(TOKEN, answer) as weixin:
        made = hand_over(weixin)
    assert (made.result, made.bad_address, made.no_credit) == (result, bad, no_credit)
    assert len(weixin.asked) == 2


@pytest.mark.parametrize("answer", [(200, {"errcode": 40125}), (500, b""), None])
def test_without_a_token_the_message_was_certainly_not_taken(answer: Any) -> None:
    with door(answer) as weixin:
        assert hand_over(weixin).result == "later"
