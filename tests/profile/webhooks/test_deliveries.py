"""Signatures, repetitions, late deliveries and refusals, whatever the platform."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from services.profile.holdings import TERMS
from shared import retention
from shared.ids import derived_id
from shared.runtime import Runtime
from tests.profile.webhooks import payloads
from tests.profile.webhooks.payloads import BIG, php
from tests.profile.webhooks.shops import ADMIN, Shop, signature

pytestmark = pytest.mark.capability("C-01")
VECTORS = [
    (b'{"id":1}', "shopify", "oXuw36QRojS4FcS6wrOFItmZ7PQeuc2GnPpKOZSpFhg="),
    (b'{"id":820982911946154508}', "shopify", "ZBR4rM6lELJCBXtHcjNjjnSNNdZ8hxUdCDcbM6gAHkU="),
    (b'{"id":1}', "woocommerce", "JbK6dIU4I5fo78AsQC5tQuQIf28lfubbtPodN7UbFXw="),
    (b'{"id":723}', "woocommerce", "h6zX9nej06cGs28jJml7k5RHczWU65bMfw4ipOK9hc4="),
]


@pytest.mark.parametrize(("raw", "platform", "signed"), VECTORS)
def test_a_body_is_signed_to_the_byte(request: pytest.FixtureRequest, raw: bytes, platform: str, signed: str) -> None:
    shop: Shop = request.getfixturevalue(platform)
    head = "x-shopify-hmac-sha256" if platform == "shopify" else "x-wc-webhook-signature"
    assert shop.push("none.of/ours", raw, **{head: signed}).json()["outcome"] == "ignored"
    forged = shop.push("none.of/ours", raw + b" ", **{head: signed})
    assert (forged.status_code, forged.json()["code"]) == (401, "signature_invalid")


@pytest.mark.parametrize("forged", ["", "nonsense", signature(b"{}", "another secret"), "Ä"])
def test_a_forged_delivery_leaves_nothing(shopify: Shop, forged: str) -> None:
    raw = b"{}" if forged != "nonsense" else php(payloads.CREATED)
    answer = shopify.doors.http.post(
        shopify.path,
        content=raw,
        headers=[(b"x-shopify-topic", b"orders/create"), (b"x-shopify-hmac-sha256", forged.encode("latin-1"))],
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "signature_invalid")
    assert shopify.doors.http.post(shopify.path, content=raw).status_code == 401
    assert shopify.read(f"/v1/sources/{shopify.id}/deliveries")["items"] == []
    assert shopify.rejections() == []


def test_a_source_of_another_platform_is_not_there(shopify: Shop) -> None:
    wrong = shopify.path.replace("shopify", "woocommerce")
    assert shopify.doors.http.post(wrong, content=b"{}").status_code == 404
    nobody = f"/v1/webhooks/in/shopify/{derived_id('source', 'nobody')}"
    assert shopify.doors.http.post(nobody, content=b"{}").status_code == 404


def test_both_secrets_are_good_while_one_replaces_the_other(shopify: Shop) -> None:
    path = f"/v1/sources/{shopify.id}/secrets"
    new = shopify.doors.post(path, {"overlap_hours": 1}, scopes=ADMIN).json()["secret"]
    assert shopify.take("orders/create", payloads.FREE) == "created"
    raw = php(payloads.CREATED)
    assert shopify.take("orders/create", raw, **{"x-shopify-hmac-sha256": signature(raw, new)}) == "created"
    shopify.doors.post(path, {"secret": "third", "overlap_hours": 0}, scopes=ADMIN)
    assert shopify.push("orders/create", payloads.FREE).status_code == 401


def test_a_repetition_of_a_delivery_is_not_looked_at_again(shopify: Shop) -> None:
    head = {"x-shopify-event-id": "e-1", "X-Shopify-Webhook-Id": "w-1"}
    assert shopify.take("orders/create", payloads.FREE, **head) == "created"
    assert shopify.take("orders/create", payloads.FREE, **head) == "duplicate"
    assert shopify.take("orders/paid", payloads.FREE, **head) == "unchanged"
    listed = shopify.read(f"/v1/sources/{shopify.id}/deliveries?sort=received_at")["items"]
    assert sorted((one["topic"], one["outcome"]) for one in listed) == [
        ("orders/create", "created"),
        ("orders/paid", "unchanged"),
    ]
    order_id = shopify.order(BIG + 1)["id"]
    assert all(one["results"][0] == {"kind": "order", "status": one["outcome"], "id": order_id} for one in listed)
    assert len(shopify.read(f"/v1/sources/{shopify.id}/deliveries?outcome=created,held")["items"]) == 1


def test_woocommerce_says_a_delivery_again_by_its_body(woocommerce: Shop) -> None:
    head = {"x-wc-webhook-delivery-id": "the same for all of a second"}
    assert woocommerce.take("order.created", php(payloads.WOO_GUEST), **head) == "created"
    assert woocommerce.take("order.created", php(payloads.WOO_PENDING), **head) == "created"
    assert woocommerce.take("order.created", php(payloads.WOO_GUEST)) == "duplicate"


STEPS: list[dict[str, Any]] = [
    {"financial_status": "pending", "updated_at": "2023-03-24T16:37:26Z"},
    {"financial_status": "paid", "updated_at": "2023-03-24T16:37:27Z", "customer": payloads.JOHN_SMITH},
    {"financial_status": "paid", "updated_at": "2023-03-24T16:37:27Z", "cancelled_at": "2023-03-24T16:37:27Z"},
]


def test_deliveries_in_any_order_and_repeated_end_alike(shopify: Shop) -> None:
    """Also two versions of one second: the further one counts."""
    found = []
    for at, some in enumerate(permutations(STEPS)):
        base = payloads.GUEST | {"id": 1000 + at}
        for step in (*some, *some):
            shopify.take("orders/updated", base | step)
        order = shopify.order(1000 + at)
        found.append((order["status"], order["updated_at"], order["totals"]["paid"], order["cancelled_at"]))
        assert order["customer_id"] == shopify.customer("email", "john@example.com")["id"]
    assert found == [("cancelled", "2023-03-24T16:37:27Z", "2629.95", "2023-03-24T16:37:27Z")] * 6


def test_a_stale_delivery_changes_nothing(shopify: Shop) -> None:
    newer = payloads.FREE | {"updated_at": "2026-05-01T00:00:00Z", "source_name": "pos"}
    shopify.take("orders/updated", newer)
    triggered = {"x-shopify-triggered-at": "2026-04-01T04:00:00Z"}
    assert shopify.take("orders/create", payloads.FREE, **triggered) == "unchanged"
    assert shopify.order(BIG + 1)["channel"] == "pos"


def test_an_order_without_a_rate_is_a_rejection_to_be_corrected(shopify: Shop) -> None:
    payload = payloads.GUEST | {"currency": "CHF", "customer": payloads.JOHN_SMITH}
    assert shopify.take("orders/create", payload) == "refused"
    (refused,) = [one for one in shopify.rejections() if one["code"] == "currency_unsupported"]
    assert (refused["kind"], refused["source"], refused["door"]) == ("order", "eu", "webhook")
    body = shopify.read(f"/v1/rejections/{refused['id']}")["body"]
    done = shopify.doors.post(f"/v1/rejections/{refused['id']}/resubmit", body | {"rate": "8"})
    assert done.json()["status"] == "resubmitted"
    assert (shopify.order(5324830114101)["rate"], shopify.rejections()) == ("8", [])


@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"{", "malformed_request"), (b"[]", "malformed_request"), (b"{}", "validation_failed")],
)
def test_a_signed_body_that_cannot_be_read_is_a_rejection(shopify: Shop, payload: bytes, code: str) -> None:
    assert shopify.take("orders/create", payload) == "refused"
    (refused,) = shopify.rejections()
    assert (refused["code"], refused["kind"]) == (code, "order")


@pytest.mark.parametrize(
    "fields",
    [
        {"line_items": "none", "customer": [], "refunds": {"id": 1}, "total_price": True},
        {"line_items": [{"price": "1e999999", "quantity": 1}]},
        {"total_price": "NaN"},
        {"created_at": "yesterday"},
        {"created_at": None},
        {"created_at": "0001-01-01T00:00:00+14:00"},
        {"currency": 7},
        {"discount_codes": [{"code": ["x"]}], "total_price": -1},
        {"refunds": [{"id": None}]},
    ],
)
def test_a_payload_of_wrong_types_is_refused_and_never_an_error(shopify: Shop, fields: Any) -> None:
    assert shopify.take("orders/create", payloads.GUEST | fields) == "refused"
    assert len(shopify.rejections()) == 1


def test_a_body_beyond_the_limit_is_refused(shopify: Shop) -> None:
    assert shopify.push("orders/create", b" " * (4 * 1024 * 1024 + 1)).status_code == 413


def test_old_deliveries_are_forgotten_but_closed_accounts_are_not(shopify: Shop) -> None:
    shopify.take("orders/create", payloads.FREE)
    shopify.take("customers/delete", {"id": 1})
    runtime = shopify.doors.runtime
    later = Runtime("profile", runtime.settings, runtime.database, lambda: runtime.now() + timedelta(days=31))
    sweep = retention.sweeping(TERMS)
    assert (sweep(runtime), sweep(later)) == (0, 1)
    assert [one["topic"] for one in shopify.read(f"/v1/sources/{shopify.id}/deliveries")["items"]] == [
        "customers/delete"
    ]
