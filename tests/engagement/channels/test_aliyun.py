"""SMS through Alibaba Cloud, its signature against the vendor's published example and its own SDK."""

from typing import Any

import pytest

from services.engagement.channels.adapters.aliyun import (
    CARD,
    EMPTY,
    Credentials,
    address_of,
    authorization,
    canonical_query,
    number_of,
)
from services.engagement.channels.schemas import Outcome
from tests.engagement.channels.doors import BESIDE, door
from tests.engagement.channels.test_smtp import outgoing

pytestmark = pytest.mark.capability("C-23")

KEY = ("testId", "testSecret")


def hand_over(endpoint: str, **fields: Any) -> Outcome:
    told = Credentials(access_key_id=KEY[0], access_key_secret=KEY[1], sign_name="西湖茶", endpoint=endpoint)
    sms = {"channel": "sms", "to": "+8613800138000", "provider_template": "SMS_1", "parameters": {"name": "李娜"}}
    return CARD.open(BESIDE, told).send(outgoing(**sms | fields))


def test_the_signature_is_the_one_that_the_documentation_publishes() -> None:
    """The example of the page on signature version 3 (RunInstances)."""
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    made = authorization(("YourAccessKeyId", "YourAccessKeySecret"), "/", query, headers)
    assert made.endswith("Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")


def test_the_signature_is_the_one_that_the_vendors_sdk_makes() -> None:
    """Recorded from `Utils.get_authorization` of alibabacloud-tea-openapi 0.4.6 for SendSms with Chinese values."""
    query = {
        "PhoneNumbers": "13800138000",
        "SignName": "西湖茶",
        "TemplateCode": "SMS_154950909",
        "TemplateParam": '{"name":"李娜 & co","time":"9:00~10:00*"}',
        "OutId": "00000000-0000-0000-0000-000000000007",
    }
    headers = {
        "host": "dysmsapi.aliyuncs.com",
        "x-acs-action": "SendSms",
        "x-acs-version": "2017-05-25",
        "x-acs-date": "2026-11-25T08:00:00Z",
        "x-acs-signature-nonce": "6f1f2a4e",
        "x-acs-content-sha256": EMPTY,
    }
    assert authorization(KEY, "/", query, headers) == (
        "ACS3-HMAC-SHA256 Credential=testId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=0245ca70f659a82e959b041a905f0d803461c18877da2021b00d19546cea994b"
    )


def test_a_message_is_asked_for_as_it_is_documented() -> None:
    with door((200, {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "r"})) as aliyun:
        outcome = hand_over(aliyun.url)
    (asked,) = aliyun.asked
    assert (outcome.result, outcome.provider_id) == ("accepted", "900619746936498440^0")
    assert asked.query == {
        "PhoneNumbers": "13800138000",
        "SignName": "西湖茶",
        "TemplateCode": "SMS_1",
        "TemplateParam": '{"name":"李娜"}',
        "OutId": str(outgoing().message_id),
    }
    signed = {name: value for name, value in asked.headers.items() if name == "host" or name.startswith("x-acs-")}
    assert asked.headers["authorization"] == authorization(KEY, "/", asked.query, signed)
    assert signed["x-acs-action"] == "SendSms"


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ((400, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}), ("refused", True)),
        ((400, {"Code": "isv.SMS_TEMPLATE_ILLEGAL"}), ("refused", False)),
        ((400, {"Code": "isv.BUSINESS_LIMIT_CONTROL"}), ("later", False)),
        ((400, {"Code": "isv.AMOUNT_NOT_ENOUGH"}), ("later", False)),
        ((400, {"Code": "Throttling.User"}), ("later", False)),
        ((403, {"Code": "SignatureDoesNotMatch"}), ("later", False)),
        ((500, {"Code": "InternalError"}), ("unknown", False)),
        ((502, b"<html>"), ("unknown", False)),
        (None, ("unknown", False)),
    ],
)
def test_what_an_answer_means(answer: Any, outcome: tuple[str, bool]) -> None:
    with door(answer) as aliyun:
        made = hand_over(aliyun.url)
    assert (made.result, made.bad_address) == outcome
    assert len(aliyun.asked) == 1


def test_a_text_without_a_registered_template_is_not_sent() -> None:
    with door((200, {"Code": "OK"})) as aliyun:
        assert hand_over(aliyun.url, provider_template=None).reason == "provider_template_missing"
    assert aliyun.asked == []


@pytest.mark.parametrize(
    ("address", "number"),
    [("+8613800138000", "13800138000"), ("+85261234567", "85261234567"), ("+14155550100", "14155550100")],
)
def test_numbers_as_the_vendor_writes_them(address: str, number: str) -> None:
    assert number_of(address) == number


@pytest.mark.parametrize("number", ["13800138000", "8613800138000", "+8613800138000", "008613800138000"])
def test_a_number_in_a_report_is_known_again(number: str) -> None:
    assert address_of(number) == "+8613800138000"


def test_a_query_is_encoded_as_rfc_3986_has_it() -> None:
    assert canonical_query({"b": "a b*~", "a": "/"}) == "a=%2F&b=a%20b%2A~"
