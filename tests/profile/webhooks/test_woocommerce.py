"""WooCommerce's payloads, signed and sent, as the API tells them afterwards."""

from typing import Any

import pytest

from tests.profile.webhooks import payloads
from tests.profile.webhooks.payloads import php
from tests.profile.webhooks.shops import Shop

pytestmark = pytest.mark.capability("C-01")


def test_an_order_that_is_not_paid_is_no_revenue(woocommerce: Shop) -> None:
    """T13: three decimals, and a price that is a number."""
    assert woocommerce.take("order.created", php(payloads.WOO_PENDING)) == "created"
    order = woocommerce.order(17)
    assert (order["status"], order["totals"]["total"], order["totals"]["paid"]) == ("placed", "2.00", "0.00")
    assert (order["placed_at"], order["updated_at"]) == ("2023-07-06T14:17:03Z", "2023-07-06T14:25:02Z")
    assert [(one["quantity"], one["unit_price"]) for one in order["lines"]] == [("2", "1.000")]
    first = woocommerce.customer("external", "1")
    assert (first["name"], first["id"]) == ("First Last", order["customer_id"])
    assert woocommerce.customer("email", "email@example.com")["id"] == first["id"]


def test_a_guest_is_known_by_the_address_of_the_invoice(woocommerce: Shop) -> None:
    """T14, T15, T17: id 0 is nobody, times are those of Greenwich, names are without entities."""
    assert woocommerce.take("order.created", php(payloads.WOO_GUEST)) == "created"
    order = woocommerce.order(727)
    totals = order["totals"]
    assert (totals["total"], totals["shipping"], totals["tax"], totals["paid"]) == ("29.35", "10.00", "1.35", "29.35")
    assert (order["placed_at"], order["paid_at"]) == ("2017-03-22T19:28:02Z", "2017-03-22T19:28:08Z")
    assert (order["status"], order["discrepancy"]) == ("paid", None)
    assert [(one["sku"], one["quantity"], one["unit_price"]) for one in order["lines"]] == [
        (None, "2", "3.00"),
        ("Bar3", "1", "12.00"),
    ]
    assert order["lines"][1]["name"] == "Ship Your Idea – Color: Black, Size: M Test"
    john = woocommerce.customer("email", "john.doe@example.com")
    assert (john["id"], john["name"], john["region"]) == (order["customer_id"], "John Doe", "US-CA")
    assert [one["kind"] for one in john["identities"]] == ["email"]


def test_refunds_lower_what_is_left_and_not_the_total(woocommerce: Shop) -> None:
    """T16."""
    assert woocommerce.take("order.updated", php(payloads.WOO_REFUNDED)) == "created"
    order = woocommerce.order(723)
    totals = order["totals"]
    assert (totals["total"], totals["refunded"], totals["net"]) == ("39.00", "19.00", "20.00")
    assert [(one["refund_id"], one["amount"]) for one in order["refunds"]] == [("724", "9.00"), ("726", "10.00")]
    assert (order["status"], order["paid_at"]) == ("shipped", None)


@pytest.mark.parametrize("late", [False, True])
def test_a_version_of_the_same_second_without_refunds_takes_none_back(woocommerce: Shop, late: bool) -> None:
    """The time of change does not move with a refund."""
    versions = [payloads.WOO_REFUNDED | {"refunds": []}, payloads.WOO_REFUNDED]
    for payload in reversed(versions) if late else versions:
        woocommerce.take("order.updated", php(payload))
    assert woocommerce.order(723)["totals"]["refunded"] == "19.00"


def test_a_deleted_order_is_void_until_it_is_restored(woocommerce: Shop) -> None:
    woocommerce.take("order.updated", php(payloads.WOO_REFUNDED))
    assert woocommerce.take("order.deleted", php({"id": 723})) == "updated"
    void = woocommerce.order(723)
    assert (void["status"], void["totals"]["total"]) == ("cancelled", "39.00")
    assert woocommerce.read(f"/v1/customers/{void['customer_id']}/purchases")["items"] == []
    woocommerce.take("order.updated", php(payloads.WOO_REFUNDED | {"number": "late"}))
    assert woocommerce.order(723)["status"] == "cancelled"
    woocommerce.take("order.restored", php(payloads.WOO_REFUNDED))
    assert woocommerce.order(723)["status"] == "shipped"
    again = {"x-wc-webhook-delivery-id": "of another second"}
    assert woocommerce.take("order.deleted", php({"id": 723}), **again) != "duplicate"


def test_a_customer_of_the_shop(woocommerce: Shop) -> None:
    woocommerce.take("order.updated", php(payloads.WOO_REFUNDED))
    assert woocommerce.take("customer.created", php(payloads.WOO_CUSTOMER)) == "updated"
    joao = woocommerce.customer("external", "26")
    assert (joao["name"], joao["city"], joao["region"]) == ("João Silva", "Rio de Janeiro", "BR-RJ")
    assert joao["registered_at"] == "2017-03-21T19:11:14Z"
    woocommerce.take("customer.deleted", php({"id": 26}))
    assert woocommerce.customer("external", "26") is None


def test_the_ping_of_a_new_webhook_is_answered_and_leaves_nothing(woocommerce: Shop) -> None:
    """T19: it is a form, and not signed."""
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = woocommerce.doors.http.post(woocommerce.path, content=b"webhook_id=12", headers=form)
    assert (answer.status_code, answer.json()) == (200, None)
    assert woocommerce.read(f"/v1/sources/{woocommerce.id}/deliveries")["items"] == []


def test_what_brought_a_customer_is_kept(woocommerce: Shop) -> None:
    def ordered(order_id: int, placed: str, **campaign: str) -> Any:
        meta = [{"key": f"_wc_order_attribution_utm_{name}", "value": value} for name, value in campaign.items()]
        return payloads.WOO_GUEST | {"id": order_id, "date_created_gmt": placed, "meta_data": meta}

    woocommerce.take("order.created", php(ordered(2, "2018-01-01T00:00:00", source="mail", campaign="spring")))
    woocommerce.take("order.created", php(ordered(3, "2019-01-01T00:00:00", source="video")))
    woocommerce.take("order.created", php(ordered(1, "2017-01-01T00:00:00", source="search", medium="cpc")))
    john = woocommerce.customer("email", "john.doe@example.com")
    assert (john["first_touch"]["source"], john["first_touch"]["medium"]) == ("search", "cpc")
    assert john["last_touch"]["source"] == "video"


def test_a_products_currency_is_that_of_its_source(woocommerce: Shop) -> None:
    """T17: the only currency in the body is a sign in markup."""
    assert woocommerce.take("product.updated", payloads.WOO_PRODUCT) == "created"
    (product,) = woocommerce.read("/v1/products")["items"]
    assert (product["sku"], product["titles"], product["category"]) == ("eu:20", {"en": "My Product"}, "Uncategorized")
    assert (product["currency"], product["price"]) == ("USD", "5")
    told = payloads.WOO_PRODUCT | {
        **{"id": 21, "name": "Tea &amp; cake", "categories": [{"id": 16, "name": "Sweets &amp; tea"}]},
        "sku": "cake",
    }
    assert woocommerce.take("product.updated", php(told)) == "created"
    cake = woocommerce.read("/v1/products/cake")
    assert (cake["titles"], cake["category"]) == ({"en": "Tea & cake"}, "Sweets & tea")
