"""Shopify's payloads, signed and sent, as the API tells them afterwards."""

from typing import Any
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import select

from services.profile.behaviour.tables import BehaviourEvent
from tests.profile.webhooks import payloads
from tests.profile.webhooks.payloads import BIG
from tests.profile.webhooks.shops import ADMIN, Shop

pytestmark = pytest.mark.capability("C-01")
TOPICS = ("create", "updated", "paid", "cancelled", "fulfilled", "partially_fulfilled")


def totals(order: Any) -> dict[str, Any]:
    return {name: value for name, value in order["totals"].items() if value not in ("0", "0.00", False)}


def lines(order: Any) -> list[tuple[str | None, str, str]]:
    return [(one["sku"], one["quantity"], one["unit_price"]) for one in order["lines"]]


def known(customer: Any) -> set[tuple[str, str]]:
    return {(one["kind"], one["value"]) for one in customer["identities"]}


def test_ids_beyond_a_float_stay_apart(shopify: Shop) -> None:
    """T1."""
    for payload in (payloads.CREATED, payloads.FREE):
        assert shopify.take("orders/create", payload) == "created"
    assert shopify.order(BIG)["number"] == "#9999"
    assert shopify.order(BIG + 1)["number"] == "#10000"


def test_an_order_that_is_cancelled_and_void_from_its_beginning(shopify: Shop) -> None:
    """T6: what the shop says is kept, also where it does not add up."""
    outcomes = [shopify.take(f"orders/{topic}", payloads.CREATED) for topic in TOPICS]
    assert outcomes == ["created", *["unchanged"] * 5]
    order = shopify.order(BIG)
    assert totals(order) == {"subtotal": "414.95", "discount": "20.00", "shipping": "10.00", "total": "404.95"}
    assert (order["status"], order["cancelled_at"], order["cancel_reason"]) == (
        "cancelled",
        "2022-01-01T00:00:00Z",
        "customer",
    )
    assert (order["currency"], order["placed_at"], order["test"]) == ("USD", "2022-01-01T00:00:00Z", True)
    assert lines(order) == [
        ("SKU2006-001", "1", "89.99"),
        ("LENS-PROTECT-2YR", "1", "19.99"),
        ("CASE-LEATHER-PREM", "1", "24.99"),
        ("SKU2006-020", "1", "159.99"),
        ("SKU2006-035", "1", "119.99"),
    ]
    assert order["discrepancy"] is None


def test_the_customer_of_an_order_is_not_its_contact(shopify: Shop) -> None:
    """T2: the address of the order names nobody, and a phone that is no number neither."""
    shopify.take("orders/create", payloads.CREATED)
    john = shopify.customer("email", "john@example.com")
    assert known(john) == {("external", "115310627314723954"), ("email", "john@example.com")}
    assert (john["name"], john["id"]) == ("John Smith", shopify.order(BIG)["customer_id"])
    assert shopify.customer("email", "jon@example.com") is None


@pytest.mark.parametrize("payload", [payloads.GUEST, payloads.NULL_CUSTOMER], ids=["no key", "null"])
def test_an_order_without_anybody_is_a_visitors_until_a_version_names_the_customer(shopify: Shop, payload: Any) -> None:
    """T2, T10: the numeric id is the key."""
    assert shopify.take("orders/paid", payload) == "created"
    order = shopify.order(payload["id"])
    assert (order["status"], order["totals"]["paid"]) == ("paid", payload["total_price"])
    assert shopify.doors.get(f"/v1/customers/{order['customer_id']}").status_code == 404
    assert shopify.read("/v1/customers")["items"] == []
    named = payload | {"customer": payloads.JOHN_SMITH, "updated_at": "2026-01-01T00:00:00Z"}
    assert shopify.take("orders/updated", named) == "updated"
    john = shopify.customer("email", "john@example.com")
    assert shopify.order(payload["id"])["customer_id"] == john["id"]
    assert shopify.take("orders/updated", payload | {"updated_at": "2026-02-01T00:00:00Z"}) == "updated"
    assert shopify.order(payload["id"])["customer_id"] == john["id"]


def test_an_order_paid_with_something_outstanding_is_paid(shopify: Shop) -> None:
    """T6."""
    shopify.take("orders/paid", payloads.NULL_CUSTOMER)
    order = shopify.order(1073459963)
    assert totals(order) == {"subtotal": "255.92", "tax": "14.45", "total": "270.37", "paid": "270.37", "net": "270.37"}
    assert lines(order) == [(None, "1", "129.99"), (None, "1", "85.95"), (None, "2", "19.99")]


def test_amounts_are_in_the_shops_currency(shopify: Shop) -> None:
    """T3, T18: an old payload lacks fields, and what it has in US dollars is another matter."""
    shopify.take("orders/create", payloads.MULTICURRENCY)
    order = shopify.order(2998548365461)
    assert (order["currency"], order["rate"], order["placed_at"]) == ("AUD", "5", "2020-12-26T21:18:47Z")
    assert totals(order) == {
        **{"subtotal": "45.62", "shipping": "10.15", "tax": "4.56", "total": "60.33"},
        **{"paid": "60.33", "net": "60.33"},
    }
    assert lines(order) == [(None, "1", "45.62")]
    assert (order["discrepancy"], order["test"], order["coupon_codes"]) == (None, True, [])
    rowan = shopify.customer("external", "4206822293653")
    assert known(rowan) == {("external", "4206822293653"), ("email", "rowan.testerson@example.com")}
    assert rowan["id"] == order["customer_id"]


def test_a_free_order_counts_as_one(shopify: Shop) -> None:
    """T8."""
    shopify.take("orders/create", payloads.FREE)
    order = shopify.order(BIG + 1)
    assert (order["status"], order["totals"]["total"], order["coupon_codes"]) == ("paid", "0.00", ["FREE100"])
    assert order["placed_at"] == "2026-04-01T03:59:59Z"
    (bought,) = shopify.read(f"/v1/customers/{order['customer_id']}/purchases")["items"]
    assert (bought["sku"], bought["orders"], bought["net"]) == ("SKU2006-001", 1, "0.00")


def test_refunded_money_is_not_what_the_goods_were_worth(shopify: Shop) -> None:
    """T4, T6."""
    shopify.take("orders/updated", payloads.PARTLY_REFUNDED)
    order = shopify.order(450789469)
    assert totals(order) == {
        **{"subtotal": "597.00", "discount": "10.00", "tax": "11.94", "total": "598.94"},
        **{"paid": "598.94", "refunded": "209.00", "net": "389.94"},
    }
    assert [one["discount"] for one in order["lines"]] == ["3.34", "3.33", "3.33"]
    (refund,) = order["refunds"]
    assert (refund["refund_id"], refund["amount"]) == ("509562969", "209.00")
    assert refund["refunded_at"] == "2025-07-02T16:29:59Z"
    assert [(one["line_id"], one["quantity"], one["amount"]) for one in refund["lines"]] == [
        ("703073504", "1", "195.66"),
        ("466157049", "1", "195.67"),
    ]
    assert (order["status"], order["coupon_codes"], order["parcels"]) == ("paid", ["TENOFF"], [])


def test_what_an_order_tells_of_its_customer_is_kept(shopify: Shop) -> None:
    shopify.take("orders/updated", payloads.PARTLY_REFUNDED)
    bob = shopify.customer("phone", "+16136120707")
    assert known(bob) == {
        ("external", "207119551"),
        ("email", "bob.norman@mail.example.com"),
        ("phone", "+16136120707"),
    }
    assert (bob["name"], bob["tags"], bob["region"]) == ("Bob Norman", ["Léon", "Noël"], "US-KY")
    assert (bob["first_touch"]["source"], bob["last_touch"]["source"]) == ("abc", "abc")
    assert shopify.customer("phone", "+557734881234") is None


def test_refunded_in_full_with_an_empty_code(shopify: Shop) -> None:
    """T5, T7: shipping is given back once, and a code without letters is none."""
    shopify.take("orders/cancelled", payloads.CANCELLED)
    order = shopify.order(5324790137142)
    assert totals(order) == {
        **{"subtotal": "2099.85", "discount": "323.47", "shipping": "30.00", "total": "1806.38"},
        **{"paid": "1806.38", "refunded": "1806.38"},
    }
    assert (order["coupon_codes"], order["status"], order["cancel_reason"]) == ([], "cancelled", "other")
    assert [one["discount"] for one in order["lines"]] == ["113.50", "209.97"]
    assert [one["refunded_quantity"] for one in order["lines"]] == ["1", "2"]
    assert (order["discrepancy"], order["cancelled_at"]) == (None, "2023-03-24T22:08:18Z")
    (refund,) = order["refunds"]
    assert (refund["refund_id"], refund["refunded_at"]) == ("945108681014", "2023-03-24T22:08:18Z")
    assert [(one["quantity"], one["amount"]) for one in refund["lines"]] == [("1", "586.45"), ("2", "1189.93")]
    russell = shopify.customer("phone", "+16135550135")
    assert (russell["name"], russell["tags"], russell["id"]) == ("Russell Winfield", ["VIP"], order["customer_id"])
    assert known(russell) == {
        ("external", "6972527083830"),
        ("email", "russel.winfield@example.com"),
        ("phone", "+16135550135"),
    }


def test_a_long_order_comes_back_to_the_letter(shopify: Shop) -> None:
    """T9."""
    assert shopify.take("orders/create", payloads.LONG) == "created"
    order = shopify.order(6012345678901234567)
    assert totals(order) == {
        **{"subtotal": "4725.43", "discount": "10.00", "shipping": "4.90", "tax": "745.68"},
        **{"tax_included": True, "tip": "5.00", "total": "4725.33", "paid": "4725.33", "net": "4725.33"},
    }
    assert (order["currency"], order["discrepancy"], order["coupon_codes"]) == ("EUR", None, ["ZEHN€"])
    assert (len(order["lines"]), sum(int(one["quantity"]) for one in order["lines"])) == (110, 219)
    assert order["lines"][76]["unit_price"] == "50.00"
    assert [one["name"] for one in order["lines"]] == [one["title"] for one in payloads.LONG["line_items"]]
    assert [one["line_id"] for one in order["lines"]] == [str(14000000000000000 + at) for at in range(1, 111)]
    assert sum(one["sku"] is None for one in order["lines"]) == 11
    assert order["lines"][109]["discount"] == "10.00"
    assert (order["placed_at"], order["updated_at"]) == ("2026-03-29T00:59:59Z", "2026-03-29T01:00:01Z")
    zoe = shopify.customer("phone", "+493023125042")
    assert (zoe["name"], known(zoe)) == (
        "Zoë Ærøskøbing-李",
        {("external", "8012345678901234567"), ("email", "zoe.long@example.com"), ("phone", "+493023125042")},
    )


@pytest.mark.parametrize("first", ["order", "refund"])
def test_a_refund_without_a_currency_has_that_of_its_order_whichever_comes_first(shopify: Shop, first: str) -> None:
    """T4: 75.00 and 10.00 went back for goods of 414.95."""
    pair = [("orders/create", payloads.CREATED), ("refunds/create", payloads.REFUND)]
    for topic, payload in pair if first == "order" else reversed(pair):
        shopify.take(topic, payload)
    order = shopify.order(BIG)
    (refund,) = order["refunds"]
    assert (refund["refund_id"], refund["amount"]) == ("890088186047892319", "85.00")
    assert [one["amount"] for one in refund["lines"]] == ["89.99", "19.99", "24.99", "159.99", "119.99"]
    assert refund["refunded_at"] == "2022-01-01T00:00:00Z"
    assert (order["totals"]["refunded"], order["discrepancy"]["foreign_refunds"]) == ("85.00", None)


def test_a_refund_of_shipping_counts_once(shopify: Shop) -> None:
    """T5: it stands in two places."""
    shopify.take("orders/updated", payloads.PARTLY_REFUNDED)
    assert shopify.take("refunds/create", payloads.SHIPPING_REFUND) == "updated"
    order = shopify.order(450789469)
    assert order["totals"]["refunded"] == "214.00"
    assert [(one["refund_id"], one["amount"], one["lines"], one["refunded_at"]) for one in order["refunds"]][1:] == [
        ("929361471", "5.00", [], "2025-07-02T16:38:32Z")
    ]


def test_a_parcel_may_come_before_its_order_and_leaves_once_it_succeeds(shopify: Shop) -> None:
    assert shopify.take("fulfillments/create", payloads.FULFILMENT) == "held"
    assert shopify.doors.get(f"/v1/orders/eu:{BIG}").status_code == 404
    shopify.take("orders/create", payloads.CREATED)
    (parcel,) = shopify.order(BIG)["parcels"]
    assert (parcel["parcel_id"], parcel["carrier"], parcel["tracking_number"], parcel["shipped_at"]) == (
        *("123456", "UPS", "1z827wk74630"),
        None,
    )
    gone = payloads.FULFILMENT | {"status": "success", "updated_at": "2022-01-02T00:00:00Z"}
    assert shopify.take("fulfillments/update", gone) == "updated"
    assert shopify.take("fulfillments/update", payloads.FULFILMENT) == "unchanged"
    assert shopify.order(BIG)["parcels"][0]["shipped_at"] == "2022-01-01T00:00:00Z"


def test_a_customer_has_no_name_from_an_address(shopify: Shop) -> None:
    assert shopify.take("customers/create", payloads.CUSTOMER) == "updated"
    john = shopify.customer("external", "6972943892790")
    assert (john["name"], john["tags"], john["region"]) == ("John Doe", ["tag", "VIP"], "US-DE")
    assert john["registered_at"] == "2023-03-24T22:13:56Z"
    assert known(john) == {("external", "6972943892790"), ("email", "john.doe@example.com")}
    assert shopify.read(f"/v1/customers/{john['id']}/consents")["items"] == []


def test_a_subscription_is_a_consent_and_its_end_a_withdrawal(shopify: Shop) -> None:
    for state, at in (("subscribed", "2024-01-01T00:00:00Z"), ("unsubscribed", "2024-02-01T00:00:00Z")):
        told = {"email_marketing_consent": {"state": state, "consent_updated_at": at}, "updated_at": at}
        shopify.take("customers/update", payloads.CUSTOMER | told)
    john = shopify.customer("email", "john.doe@example.com")
    (consent,) = shopify.read(f"/v1/customers/{john['id']}/consents")["items"]
    assert (consent["purpose"], consent["channel"], consent["state"]) == ("marketing", "email", "withdrawn")
    assert consent["effective_at"] == "2024-02-01T00:00:00Z"


def test_what_is_absent_is_no_reset(shopify: Shop) -> None:
    """T12."""
    tagged = {"tags": "gold", "first_name": "Bob", "updated_at": "2021-01-01T00:00:00Z"}
    shopify.take("customers/create", payloads.BILLER | tagged)
    assert shopify.take("customers/update", payloads.BILLER) == "updated"
    bob = shopify.customer("email", "bob.biller@example.com")
    assert (bob["tags"], bob["name"], bob["city"], bob["region"]) == (["gold"], "Bob Biller", "Ottawa", "CA-ON")


def test_what_the_shop_wrote_about_a_customer_is_a_note(shopify: Shop) -> None:
    """Said again in another version, it is the same note."""
    noted = payloads.BILLER | {"note": "This customer loves ice cream"}
    for at in ("2022-01-01T00:00:00Z", "2022-01-02T00:00:00Z"):
        shopify.take("customers/update", noted | {"updated_at": at})
    bob = shopify.customer("email", "bob.biller@example.com")
    (note,) = shopify.read(f"/v1/customers/{bob['id']}/notes")["items"]
    assert (note["text"], note["author"]) == ("This customer loves ice cream", "eu")


@pytest.mark.parametrize("first", ["update", "delete"])
def test_a_deleted_account_is_let_go_and_what_is_known_stays(shopify: Shop, first: str) -> None:
    pair = [("customers/update", payloads.BILLER), ("customers/delete", payloads.BILLER_GONE)]
    for topic, payload in pair if first == "update" else reversed(pair):
        shopify.take(topic, payload)
    assert shopify.customer("external", "706405506930370084") is None
    assert known(shopify.customer("email", "bob.biller@example.com")) == {("email", "bob.biller@example.com")}


def test_a_deleted_order_stays_and_counts_no_more(shopify: Shop) -> None:
    shopify.take("orders/create", payloads.FREE)
    shopify.take("orders/delete", {"id": BIG + 1})
    order = shopify.order(BIG + 1)
    assert order["status"] == "cancelled"
    assert shopify.read(f"/v1/customers/{order['customer_id']}/purchases")["items"] == []


def test_a_checkout_is_no_order_and_makes_nobody_a_customer(shopify: Shop) -> None:
    """T11: two lines of one article are two."""
    assert shopify.take("checkouts/create", payloads.CHECKOUT) == "created"
    assert shopify.take("checkouts/create", payloads.CHECKOUT) == "unchanged"
    assert shopify.read("/v1/orders")["items"] == []
    assert shopify.read("/v1/customers")["items"] == []
    with shopify.doors.session() as session:
        (event,) = session.scalars(select(BehaviourEvent))
    assert (event.name, event.sku, event.occurred_at.isoformat()) == (
        *("Checkout Started", "IPOD2008PINK"),
        "2022-01-01T00:00:00+00:00",
    )
    told = orjson.loads(event.properties)
    assert [one["sku"] for one in told["products"]] == ["IPOD2008PINK", "IPOD2008PINK"]
    assert (told["total"], told["cart_id"]) == ("421.88", "eeafa272cebfd4b22385bc4b645e762c")


def test_an_uninstalled_app_closes_the_door_and_leaves_what_is_known(shopify: Shop) -> None:
    shopify.take("orders/create", payloads.FREE)
    assert shopify.take("app/uninstalled", payloads.UNINSTALLED) == "handled"
    assert shopify.read(f"/v1/sources/{shopify.id}")["status"] == "disabled"
    assert shopify.take("orders/create", payloads.CREATED) == "ignored"
    assert [one["order_id"] for one in shopify.read("/v1/orders")["items"]] == [str(BIG + 1)]


def test_a_request_for_data_is_a_case_that_somebody_answers_in_time(shopify: Shop) -> None:
    """Also of a shop that has left."""
    shopify.take("orders/create", payloads.FREE)
    shopify.take("app/uninstalled", payloads.UNINSTALLED)
    johns = payloads.DATA_REQUEST | {"customer": payloads.DATA_REQUEST["customer"] | {"id": payloads.JOHN}}
    assert [shopify.take("customers/data_request", johns) for _ in range(2)] == ["handled", "handled"]
    (case,) = shopify.read("/v1/disclosures?status=open&due_to=2026-12-26T00:00:00Z")["items"]
    assert (case["request_id"], case["order_ids"]) == ("9999", ["299938", "280263", "220458"])
    assert case["customer_id"] == shopify.customer("email", "john@example.com")["id"]
    assert (case["requested_at"], case["due_at"]) == ("2026-11-25T08:00:00Z", "2026-12-25T08:00:00Z")
    path = f"/v1/disclosures/{case['id']}"
    assert shopify.doors.post(f"{path}/answer", scopes=ADMIN).json()["status"] == "answered"
    again = shopify.doors.post(f"{path}/answer", scopes=ADMIN)
    assert (again.status_code, again.json()["code"]) == (409, "invalid_transition")
    assert shopify.read(path)["answered_at"] == "2026-11-25T08:00:00Z"
    assert shopify.doors.get("/v1/disclosures").status_code == 403


def test_a_request_of_somebody_unknown_is_a_case_as_well(shopify: Shop) -> None:
    """The address of another account of the shop names nobody."""
    shopify.take("orders/create", payloads.FREE)
    shopify.take("customers/data_request", payloads.DATA_REQUEST)
    assert shopify.read(f"/v1/disclosures?customer_id={uuid4()}")["items"] == []
    (case,) = shopify.read("/v1/disclosures")["items"]
    assert case["customer_id"] is None
    assert (case["request_id"], case["order_ids"]) == ("9999", ["299938", "280263", "220458"])


JOHNS = payloads.REDACT | {"customer": payloads.REDACT["customer"] | {"id": payloads.JOHN}}


def test_a_request_to_forget_begins_an_erasure_once(shopify: Shop) -> None:
    """Repeating it is harmless, and so is a customer whom nobody knows."""
    shopify.take("orders/create", payloads.FREE)
    for stranger in (payloads.REDACT, payloads.REDACT | {"customer": {"id": 1, "email": "nobody@example.com"}}):
        assert shopify.take("customers/redact", stranger) == "handled"
    assert shopify.read("/v1/erasures")["items"] == []
    customer_id = shopify.order(BIG + 1)["customer_id"]
    assert [shopify.take("customers/redact", JOHNS) for _ in range(2)] == ["handled", "handled"]
    assert len(shopify.read("/v1/erasures")["items"]) == 1
    gone = shopify.doors.get(f"/v1/customers/{customer_id}")
    assert (gone.status_code, gone.json()["code"]) == (410, "erased")
    assert shopify.take("orders/updated", payloads.FREE | {"updated_at": "2026-05-01T00:00:00Z"}) == "refused"


SHIRT = payloads.SHIRT


def test_a_product_and_its_variants_are_in_the_catalogue(shopify: Shop) -> None:
    """T1; prices are in the currency of the source, and what has no sku goes by the shop's number."""
    assert shopify.take("products/update", SHIRT) == "created"
    found = {one["sku"]: one for one in shopify.read("/v1/products")["items"]}
    assert {sku: one["titles"] for sku, one in found.items()} == {
        "eu:788032119674292922": {"en": "Example T-Shirt"},
        "eu:642667041472713922": {"en": "Example T-Shirt – Small"},
        "eu:757650484644203962": {"en": "Example T-Shirt – Medium"},
    }
    small = found["eu:642667041472713922"]
    assert (small["parent"], small["brand"], small["category"]) == ("eu:788032119674292922", "Acme", "Shirts")
    assert (small["currency"], small["price"]) == ("USD", "19.99")
    stale = SHIRT | {"title": "Older", "updated_at": "2021-01-01T00:00:00Z"}
    assert shopify.take("products/update", stale) == "unchanged"
    off = SHIRT | {"status": "archived", "updated_at": "2022-02-01T00:00:00Z", "variants": SHIRT["variants"][:1]}
    assert shopify.take("products/update", off) == "updated"
    assert shopify.read("/v1/products/eu:642667041472713922")["available"] == []


def test_words_of_a_product_have_whatever_space_they_were_written_with(shopify: Shop) -> None:
    variant = SHIRT["variants"][0] | {"sku": "龙井　100\u00a0g"}
    said = {
        "title": "👩\u200d🍳 龙井　茶",
        "vendor": "西湖　龙井",
        "product_type": "绿茶\u00a0礼盒",
        "variants": [variant],
    }
    assert shopify.take("products/update", SHIRT | said) == "created"
    (tea,) = shopify.read("/v1/products")["items"]
    assert (tea["sku"], tea["titles"]) == ("龙井　100\u00a0g", {"zh": "👩\u200d🍳 龙井　茶"})
    assert (tea["brand"], tea["category"]) == ("西湖　龙井", "绿茶\u00a0礼盒")


def test_a_guest_is_forgotten_by_the_address(shopify: Shop) -> None:
    shopify.take("orders/create", payloads.GUEST | {"email": "john@example.com"})
    assert shopify.take("customers/redact", payloads.REDACT) == "handled"
    assert len(shopify.read("/v1/erasures")["items"]) == 1
