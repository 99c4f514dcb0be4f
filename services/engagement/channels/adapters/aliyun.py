"""SMS through Alibaba Cloud (Dysmsapi 2017-05-25, SendSms), signed as ACS3-HMAC-SHA256."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from pydantic import Field

from services.engagement.channels.adapters.door import Post, asked, body_of, host_of, post_of
from services.engagement.channels.adapters.signatures import forged, same
from services.engagement.channels.adapters.webhook import Url
from services.engagement.channels.schemas import (
    Callback,
    Capabilities,
    Card,
    Heard,
    Limits,
    Outcome,
    Outgoing,
    Provider,
)
from shared.errors import Malformed
from shared.settings import Settings
from shared.web.bodies import parse_json
from shared.web.egress import Answer
from shared.web.schemas import Body

ALGORITHM = "ACS3-HMAC-SHA256"
EMPTY = hashlib.sha256(b"").hexdigest()
HOME = "+86"
# What another try may change: limits of the number or the account, money, keys, their own faults.
AGAIN = {
    *("isv.BUSINESS_LIMIT_CONTROL", "isv.DAY_LIMIT_CONTROL", "isv.MONTH_LIMIT_CONTROL", "isv.AMOUNT_NOT_ENOUGH"),
    *("isv.OUT_OF_SERVICE", "isv.ACCOUNT_NOT_EXISTS", "isv.ACCOUNT_ABNORMAL", "isp.RAM_PERMISSION_DENY"),
    *("isp.SYSTEM_ERROR", "isp.GATEWAY_ERROR", "InvalidAccessKeyId.NotFound", "InvalidAccessKeyId.Inactive"),
    *("SignatureDoesNotMatch", "SignatureNonceUsed", "InvalidTimeStamp.Expired", "ServiceUnavailable", "Forbidden.RAM"),
}
BAD_NUMBER = {"isv.MOBILE_NUMBER_ILLEGAL", "isv.MOBILE_COUNT_OVER_LIMIT"}
UNCLEAR = {"InternalError"}
NO_SUCH_NUMBER = {"MOBILE_NOT_ON_SERVICE", "MK:0001", "MK:0012", "SGIP:1", "CMPP:1"}
CODE = re.compile(r"[A-Za-z0-9_.:/+-]{1,64}")


class Credentials(Body):
    """The access key, the signature under which messages go out, and what their reports are told from forgeries by."""

    access_key_id: str = Field(max_length=128)
    access_key_secret: str = Field(max_length=128)
    sign_name: str = Field(max_length=100)
    endpoint: Url = "https://dysmsapi.aliyuncs.com"
    callback_token: str | None = Field(default=None, min_length=24, max_length=128, pattern=r"^[A-Za-z0-9_-]+$")


class Dysms:
    """One account."""

    name: Provider = "aliyun"

    def __init__(self, told: Credentials, post: Post) -> None:
        self._told, self._post = told, post

    def send(self, outgoing: Outgoing) -> Outcome:
        """Hand one message over. SendSms knows no repetition, so what is unclear is never asked again by itself."""
        if not outgoing.provider_template:
            return Outcome("refused", "provider_template_missing")
        url = f"{self._told.endpoint.rstrip('/')}/?{canonical_query(self._parameters(outgoing))}"
        headers = self._headers(host_of(url), self._parameters(outgoing), outgoing.at)
        answer = asked(self._post, url, b"", headers)
        return answer if isinstance(answer, Outcome) else _judged(answer)

    def close(self) -> None:
        """Connections are kept for the next batch."""

    def _parameters(self, outgoing: Outgoing) -> Mapping[str, str]:
        return {
            "PhoneNumbers": number_of(outgoing.to),
            "SignName": self._told.sign_name,
            "TemplateCode": outgoing.provider_template or "",
            "TemplateParam": body_of(outgoing.parameters).decode(),
            "OutId": outgoing.idempotency_key,
        }

    def _headers(self, host: str, query: Mapping[str, str], at: datetime) -> Mapping[str, str]:
        headers = {
            "host": host,
            "x-acs-action": "SendSms",
            "x-acs-version": "2017-05-25",
            "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": EMPTY,
        }
        key = (self._told.access_key_id, self._told.access_key_secret)
        return headers | {"Authorization": authorization(key, "/", query, headers)}


def canonical_query(query: Mapping[str, str]) -> str:
    """The query as it is signed and sent: sorted, percent-encoded as RFC 3986 has it."""
    return "&".join(f"{quote(name, safe='~')}={quote(query[name], safe='~')}" for name in sorted(query))


def authorization(
    key: tuple[str, str], path: str, query: Mapping[str, str], headers: Mapping[str, str], *, method: str = "POST"
) -> str:
    """The header that signs a request without a body; `headers` by lower-case name, all of them are signed."""
    named = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = "\n".join((method, path, canonical_query(query), lines, named, headers["x-acs-content-sha256"]))
    signed = f"{ALGORITHM}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = hmac.new(key[1].encode(), signed.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={key[0]},SignedHeaders={named},Signature={signature}"


def number_of(address: str) -> str:
    """A number as SendSms reads it: at home without the country, abroad with it and without the plus."""
    return address.removeprefix(HOME) if address.startswith(HOME) else address.removeprefix("+")


def address_of(number: str) -> str:
    """The E.164 number that a report names."""
    bare = number.removeprefix("+").removeprefix("00")
    at_home = len(bare) == 11 and bare.startswith("1")
    return f"{HOME}{bare}" if at_home else f"+{bare}"


def _judged(answer: Answer) -> Outcome:
    code = answer.document.get("Code")
    if not isinstance(code, str) or code in UNCLEAR:
        return Outcome("unknown", f"http_{answer.status}")
    if code == "OK":
        given = answer.document.get("BizId")
        return Outcome("accepted", provider_id=given if isinstance(given, str) else None)
    again = code in AGAIN or code.startswith("Throttling")
    return Outcome("later" if again else "refused", code[:100], bad_address=code in BAD_NUMBER)


def heard(told: Credentials, callback: Callback) -> list[Heard]:
    """Reports (SmsReport) and answers of customers (SmsUp), as they are pushed. They come unsigned: a token in the
    address that was registered tells them from forgeries. Raises Unauthenticated, Malformed.
    """
    if told.callback_token is None or not same(told.callback_token, callback.query.get("token", "")):
        raise forged("The token of the address is not the channel's callback_token")
    items = parse_json(callback.raw)
    if not isinstance(items, list):
        raise Malformed("The body must be a list of reports.")
    return [one for item in items if isinstance(item, dict) and (one := _of(item)) is not None]


def _of(item: Mapping[str, Any]) -> Heard | None:
    number = item.get("phone_number")
    address = address_of(str(number)) if number else None
    if "content" in item:
        key = f"up:{item.get('sequence_id')}:{address}:{item.get('send_time')}"
        return Heard(key, "reply", address=address, said=str(item["content"])[:4_000])
    biz, out = str(item.get("biz_id") or ""), str(item.get("out_id") or "")
    if not biz and not out:
        return None
    code = str(item.get("err_code") or "UNKNOWN")[:64]
    return Heard(
        key=f"report:{biz}:{address}:{item.get('report_time')}",
        word="delivered" if item.get("success") is True else "bounced",
        message_id=uuid_of(out),
        provider_id=biz[:128] or None,
        address=address,
        reason=code if CODE.fullmatch(code) else "UNKNOWN",
        dead=code in NO_SUCH_NUMBER,
    )


def uuid_of(text: str) -> UUID | None:
    """The id that a text is, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _open(settings: Settings, told: Credentials) -> Dysms:
    return Dysms(told, post_of(settings))


CARD = Card(
    provider="aliyun",
    kinds=("sms",),
    open=_open,
    credentials=Credentials,
    capabilities=Capabilities(receipts=True, replies=True, own_templates=True),
    limits=Limits(rate_per_minute=60_000),
    hear=heard,
    thanks=b'{"code":0,"msg":"ok"}',
)
