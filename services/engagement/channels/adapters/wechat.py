"""Subscription messages of a WeChat mini program: one for each permission that a person gave."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pydantic import Field

from services.engagement.channels.adapters import wechat_events
from services.engagement.channels.adapters.door import JSON, Post, asked, body_of, post_of
from services.engagement.channels.adapters.tokens import Given, Tokens, unavailable
from services.engagement.channels.adapters.webhook import Url
from services.engagement.channels.schemas import Callback, Capabilities, Card, Heard, Outcome, Outgoing, Provider
from shared.settings import Settings
from shared.web.egress import Answer
from shared.web.schemas import Body

TOKENS = Tokens()
BAD_TOKEN = {40001, 40014, 42001}
BUSY = {-1, 45009, 45011, 50002}
NOT_ALLOWED = 43101  # the person gave no permission, or used it up
NO_SUCH_PERSON = 40003
LANGUAGES = {"zh-TW": "zh_TW", "zh-HK": "zh_HK", "en": "en_US"}


class Credentials(Body):
    """The mini program, and what its events are told from forgeries by."""

    app_id: str = Field(max_length=64)
    app_secret: str = Field(max_length=128)
    state: Literal["formal", "trial", "developer"] = "formal"
    endpoint: Url = "https://api.weixin.qq.com"
    callback_token: str | None = Field(default=None, min_length=3, max_length=32)
    encoding_aes_key: str | None = Field(default=None, min_length=43, max_length=43, pattern=r"^[A-Za-z0-9]+$")


class MiniProgram:
    """One mini program."""

    name: Provider = "wechat"

    def __init__(self, told: Credentials, post: Post) -> None:
        self._told, self._post = told, post

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one message over; a token that was refused is fetched anew once."""
        if not outgoing.provider_template:
            return Outcome("refused", "provider_template_missing")
        outcome = self._try(outgoing)
        return self._try(outgoing) if outcome.reason == "token_refused" else outcome

    def close(self) -> None:
        """Connections and the token are kept for the next batch."""

    def _try(self, outgoing: Outgoing) -> Outcome:
        key = f"{self._told.endpoint}|{self._told.app_id}|{self._told.app_secret}"
        token = TOKENS.get(key, outgoing.at, self._token)
        if isinstance(token, Outcome):
            return token
        url = f"{self._told.endpoint.rstrip('/')}/cgi-bin/message/subscribe/send?access_token={token}"
        answer = asked(self._post, url, body_of(self._document(outgoing)), JSON)
        outcome = answer if isinstance(answer, Outcome) else _judged(answer)
        if outcome.reason == "token_refused":
            TOKENS.drop(key, token)
        return outcome

    def _document(self, outgoing: Outgoing) -> Mapping[str, object]:
        page = {"page": outgoing.page} if outgoing.page else {}
        language = LANGUAGES.get(outgoing.locale) or LANGUAGES.get(outgoing.locale.partition("-")[0], "zh_CN")
        return page | {
            "touser": outgoing.to,
            "template_id": outgoing.provider_template,
            "data": {name: {"value": value} for name, value in outgoing.parameters.items()},
            "miniprogram_state": self._told.state,
            "lang": language,
        }

    def _token(self) -> Given | Outcome:
        """A stable token: another process that asks does not end ours."""
        told = {"grant_type": "client_credential", "appid": self._told.app_id, "secret": self._told.app_secret}
        answer = asked(self._post, f"{self._told.endpoint.rstrip('/')}/cgi-bin/stable_token", body_of(told), JSON)
        if isinstance(answer, Outcome):
            return unavailable(answer.reason or "")
        token, seconds = answer.document.get("access_token"), answer.document.get("expires_in")
        if not isinstance(token, str) or not isinstance(seconds, int):
            return unavailable(str(answer.document.get("errcode", answer.status)))
        return token, timedelta(seconds=seconds)


def _judged(answer: Answer) -> Outcome:
    code = answer.document.get("errcode")
    if not isinstance(code, int):
        return Outcome("unknown", f"http_{answer.status}")
    if code == 0:
        given = answer.document.get("msgid")
        return Outcome("accepted", provider_id=str(given) if isinstance(given, int | str) else None)
    if code in BAD_TOKEN:
        return Outcome("later", "token_refused")
    return Outcome(
        "later" if code in BUSY else "refused",
        f"errcode_{code}",
        bad_address=code == NO_SUCH_PERSON,
        no_credit=code == NOT_ALLOWED,
    )


def _open(settings: Settings, told: Credentials) -> MiniProgram:
    return MiniProgram(told, post_of(settings))


def _key(told: Credentials) -> wechat_events.Key:
    return wechat_events.Key(told.app_id, told.callback_token or "", told.encoding_aes_key or "")


def _hear(told: Credentials, callback: Callback) -> list[Heard]:
    return wechat_events.heard(_key(told), callback)


def _confirm(told: Credentials, query: Mapping[str, str]) -> str:
    return wechat_events.confirmed(_key(told), query)


CARD = Card(
    provider="wechat",
    kinds=("wechat",),
    open=_open,
    credentials=Credentials,
    capabilities=Capabilities(receipts=True, own_templates=True, credits=True),
    hear=_hear,
    confirm=_confirm,
    thanks=b"success",
)
