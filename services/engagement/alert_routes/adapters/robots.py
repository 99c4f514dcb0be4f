"""The robots of groups in WeCom, DingTalk and Feishu: one POST each, signed as their documentation has it."""

import base64
import hashlib
import hmac
from datetime import datetime
from typing import Any
from urllib.parse import quote_plus

from services.engagement.alert_routes.schemas import Notice
from services.engagement.channels.adapters.door import JSON, asked, body_of, post_of
from services.engagement.channels.schemas import Outcome
from shared.settings import Settings

TOO_MANY = {-1, 45009, 130101, 410100, 9499, 11232}  # per minute, of all three


def wecom(settings: Settings, told: Any, notice: Notice) -> Outcome:
    """To a group in WeCom; the key stands in the address."""
    return _posted(settings, told.url, {"msgtype": "text", "text": {"content": notice.text}}, "errcode")


def dingtalk(settings: Settings, told: Any, notice: Notice) -> Outcome:
    """To a group in DingTalk; the signature joins the address."""
    url = told.url
    if told.secret:
        joint = "&" if "?" in url else "?"
        url += f"{joint}timestamp={_millis(notice.at)}&sign={quote_plus(dingtalk_sign(told.secret, notice.at))}"
    return _posted(settings, url, {"msgtype": "text", "text": {"content": notice.text}}, "errcode")


def feishu(settings: Settings, told: Any, notice: Notice) -> Outcome:
    """To a group in Feishu; the signature stands in the body."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": notice.text}}
    if told.secret:
        body |= {"timestamp": str(int(notice.at.timestamp())), "sign": feishu_sign(told.secret, notice.at)}
    return _posted(settings, told.url, body, "code")


def dingtalk_sign(secret: str, at: datetime) -> str:
    """HMAC-SHA256 of `<milliseconds>\\n<secret>` under the secret."""
    return _base64(hmac.digest(secret.encode(), f"{_millis(at)}\n{secret}".encode(), hashlib.sha256))


def feishu_sign(secret: str, at: datetime) -> str:
    """HMAC-SHA256 of nothing under `<seconds>\\n<secret>`."""
    return _base64(hmac.digest(f"{int(at.timestamp())}\n{secret}".encode(), b"", hashlib.sha256))


def _posted(settings: Settings, url: str, body: object, name: str) -> Outcome:
    answer = asked(post_of(settings), url, body_of(body), JSON)
    if isinstance(answer, Outcome):
        return answer
    code = answer.document.get(name)
    if not isinstance(code, int):
        return Outcome("later" if answer.status in (429, 503) else "unknown", f"http_{answer.status}")
    if code == 0:
        return Outcome("accepted")
    return Outcome("later" if code in TOO_MANY else "refused", f"{name}_{code}")


def _millis(at: datetime) -> int:
    return int(at.timestamp()) * 1_000 + at.microsecond // 1_000


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
