"""WeChat shop and Youzan, as the API tells them afterwards."""

import hashlib
from typing import Any

import pytest

from services.profile.webhooks.adapters import wechat_shop, youzan
from tests.profile.served import Doors
from tests.profile.webhooks import payloads
from tests.profile.webhooks.shops import Shop, shop_of

pytestmark = pytest.mark.capability("C-01")
SIGNED = {
    "signature": "14c77ce2b633857e1266554c9b06994e8fa24ee6",
    "timestamp": "1714036504",
    "nonce": "1514711492",
}
NEW = b'{"FromUserName":"OPENID","CreateTime":1662480000,"MsgType":"event","Event":"channels_ec_order_new",' + (
    b'"order_info":{"order_id":3705115058471208928}}'
)
PAID = payloads.raw("china/wechat_open_product_order_pay.xml")
CLOSED = payloads.sample("china/youzan_trade_close")


@pytest.fixture
def wechat(doors: Doors) -> Shop:
    return shop_of(doors, "wechat_shop", "testtokennotreal")


@pytest.fixture
def youzan_shop(doors: Doors) -> Shop:
    return shop_of(doors, "youzan", "test-secret-youzan-not-real")


def said(shop: Shop, raw: bytes, **query: str) -> Any:
    return shop.doors.http.post(shop.path, content=raw, params=SIGNED | query)


def after_sale(status: str) -> bytes:
    return (
        b'{"FromUserName":"OPENID","CreateTime":1662480000,"Event":"channels_ec_aftersale_update",'
        b'"finder_shop_aftersale_status_update":{"status":"' + status.encode() + b'","after_sale_order_id":"1234567",'
        b'"order_id":"1234567","wxa_vip_discounted_price":10}}'
    )


def test_an_address_is_confirmed_by_what_was_sent(wechat: Shop) -> None:
    answer = wechat.doors.http.get(wechat.path, params=SIGNED | {"echostr": "hello"})
    assert (answer.status_code, answer.text) == (200, "hello")
    forged = wechat.doors.http.get(wechat.path, params=SIGNED | {"echostr": "hello", "nonce": "1"})
    assert (forged.status_code, forged.json()["code"]) == (401, "signature_invalid")


def test_an_order_without_amounts_is_held_and_its_customer_known(wechat: Shop) -> None:
    """T1: the order's number is beyond a float."""
    answer = said(wechat, NEW)
    assert (answer.status_code, answer.text) == (200, "success")
    assert said(wechat, NEW, signature="0" * 40).status_code == 401
    (delivery,) = wechat.read(f"/v1/sources/{wechat.id}/deliveries")["items"]
    assert (delivery["topic"], [one["status"] for one in delivery["results"]]) == (
        "channels_ec_order_new",
        ["held", "updated"],
    )
    assert wechat.customer("openid", "OPENID") is not None
    told = {
        **{"source": "eu", "order_id": "3705115058471208928", "status": "paid", "currency": "CNY"},
        **{"placed_at": "2022-09-06T16:05:00Z", "identities": [{"kind": "openid", "value": "OPENID"}]},
        "totals": {"total": "1"},
    }
    assert wechat.doors.post("/v1/orders", told).status_code == 201
    assert wechat.order("3705115058471208928")["placed_at"] == "2022-09-06T16:00:00Z"


def test_a_payment_in_xml(wechat: Shop) -> None:
    assert said(wechat, PAID).text == "success"
    order = wechat.order("1234567")
    assert (order["totals"]["paid"], order["currency"], order["number"]) == ("0.10", "CNY", "123456")
    assert (order["paid_at"], order["updated_at"]) == ("2021-12-30T14:31:00Z", "2022-01-20T05:54:47Z")
    assert order["customer_id"] == wechat.customer("openid", "oABCD")["id"]


def test_money_has_gone_back_in_two_states_only(wechat: Shop) -> None:
    said(wechat, PAID)
    said(wechat, after_sale("USER_WAIT_RETURN"))
    assert wechat.order("1234567")["totals"]["refunded"] == "0.00"
    said(wechat, after_sale("MERCHANT_REFUND_SUCCESS"))
    assert [(one["refund_id"], one["amount"]) for one in wechat.order("1234567")["refunds"]] == [("1234567", "0.1")]


@pytest.mark.parametrize(
    "raw", [b"<xml>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><xml>&b;</xml>", b"{", b"<xml>\xff</xml>", b""]
)
def test_a_message_that_cannot_be_read_is_malformed(wechat: Shop, raw: bytes) -> None:
    assert said(wechat, raw).json()["code"] == "malformed_request"


def test_the_vendors_own_vector_is_signed() -> None:
    parts = sorted(("AAAAA", "1714036504", "1514711492"))
    vector = "f464b24fc39322e44b38aa78f5edd27bd1441696"
    assert hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest() == vector
    assert wechat_shop.ADAPTER.is_signed is wechat_shop.is_signed


def test_a_closed_trade_is_cancelled_at_the_time_of_the_shops_clock(youzan_shop: Shop) -> None:
    answer = youzan_shop.doors.http.post(youzan_shop.path, content=CLOSED.raw)
    assert (answer.status_code, answer.json()) == (200, {"code": 0, "msg": "success"})
    forged = youzan_shop.doors.http.post(youzan_shop.path, json=CLOSED | {"client_id": "another"})
    assert (forged.status_code, forged.json()["code"]) == (401, "signature_invalid")
    told = {
        **{"source": "eu", "order_id": "E20170807181905034500002", "status": "placed", "currency": "CNY"},
        **{"placed_at": "2017-08-07T10:00:00Z", "identities": [{"kind": "external", "value": "b-1"}]},
        "totals": {"total": "1"},
    }
    assert youzan_shop.doors.post("/v1/orders", told).status_code == 201
    order = youzan_shop.order("E20170807181905034500002")
    assert (order["status"], order["cancelled_at"]) == ("cancelled", "2017-08-07T10:19:05Z")
    youzan_shop.doors.http.post(youzan_shop.path, json=CLOSED)
    outcomes = [one["outcome"] for one in youzan_shop.read(f"/v1/sources/{youzan_shop.id}/deliveries")["items"]]
    assert (outcomes, youzan.CLOSED) == (["held"], "trade_TradeClose")
