"""Every sample as it stands in its file, under the signature that belongs to these bytes."""

import pytest

from tests.profile.webhooks import payloads
from tests.profile.webhooks.payloads import BIG, php
from tests.profile.webhooks.shops import Shop

pytestmark = pytest.mark.capability("C-01")
ORDER = "orders/create"
# Of each file, in an order in which it can arrive: the topic, the signature, and what becomes of it.
SHOPIFY = [
    ("orders_create", ORDER, "InCfL+5j8vMvZNF4y3mRdMiBmTAzPxF+ciq66zRGl4Y=", "created"),
    ("orders_create_guest", ORDER, "kIru2GOpNQdIyEqwrZxchnYk0M7Sjo0Vmuu7blnn2PA=", "created"),
    ("orders_create_long", ORDER, "bvp7uEy6CeA9WTOGSdS4qJf9XdhQ+nZ+E+C2osWXnis=", "created"),
    ("orders_create_multicurrency", ORDER, "fTSf6tbTz5XBQLwRTBV2362BqUkdsZnzLlepLnJFKu4=", "created"),
    ("orders_create_zero_total", ORDER, "VfxNnyquLX3N0hdK9+eiwnnxehk6gUgLAbQW3j2bSe0=", "created"),
    ("orders_paid_customer_null", "orders/paid", "R5cT0RAOfh4kL5aO1A1kZrC4qVH7b2MSisO/OnKigdc=", "created"),
    ("orders_updated_partial_refund", "orders/updated", "cfnOHmfJRVTZkEWuz8wt+U6UDwmWyD4nC2fDMaK7afE=", "created"),
    ("orders_cancelled_refunded", "orders/cancelled", "swl/KRUX+dcYTVddkZPjnvdBXFaxwkunJVsSweytzkY=", "created"),
    ("fulfillments_create", "fulfillments/create", "xMWlAf8ArZmE7HZfOq2Hp62ssGgeYDGe/Npc6kNuyqs=", "updated"),
    ("refunds_create", "refunds/create", "qgZZD93RRIBXn43rDjC56ld9MgRRta6B8Pg9/E/diqg=", "updated"),
    ("refunds_create_shipping_only", "refunds/create", "eL6a6EPV3ghcNPlz9wvA19YnyLhJwbrEQk6MobtibSM=", "updated"),
    ("customers_create", "customers/create", "V6R5lbn4jO4wyGlRgtu/W75rarvc5inWczFl3mN0yyA=", "updated"),
    ("customers_update", "customers/update", "dtOofDy9W+HXiYh1DGeSiT5yQG9wuLIpA18LqyWVhLU=", "updated"),
    ("customers_delete", "customers/delete", "FZxf0tI0vHqFPtHqoCY3wBpjwWtURx28qfeJ3SmoBZA=", "handled"),
    ("products_update", "products/update", "KNk771py5XiNOdE19DD7pUW4EpftuV2cHZ7rGq4s6Ak=", "created"),
    ("checkouts_create", "checkouts/create", "7Pne4woJ8Da92iy3PL5bL2hiwJeKjecPVBOhAQ2n6kA=", "created"),
    ("customers_data_request", "customers/data_request", "IRfTsK3ob+g/01b5zZINy/yN9dqXTWKZSPA+Z75YKAM=", "handled"),
    ("customers_redact", "customers/redact", "Mc0ADY5Y7OqRhh6B66n6CbFC+WCgi5AOJ86xRCoA55Q=", "handled"),
    ("app_uninstalled", "app/uninstalled", "L5IzcSA2zvO1BGE3Ldio/D6CDPJHeE24wUPsKZeBhhM=", "handled"),
]
WOOCOMMERCE = [
    ("order_created", "order.created", "WSNrLEOOmMz17vfjZy7eGBonQq0pJMluRNm8s73waB4=", "created"),
    ("order_created_guest", "order.created", "SNR3f6IKTk5nMaIJlwb8VN9NdWpJ4zTVKtHviAA62ME=", "created"),
    ("order_updated_refunded", "order.updated", "OfZboleLHpPy0ytD0CQP5hjNyEeEnQK6SxYxTRWx6BU=", "created"),
    ("customer_created", "customer.created", "H2eMnWWXKwCYtpIPs7+XQUl8IccZukN3gE+Q32lPaTk=", "updated"),
    ("product_updated", "product.updated", "1GkiyWWactWEhwn6S16+pqggfppQAfSTBX2imlPl/Rw=", "created"),
    ("coupon_updated", "coupon.updated", "KmiOsmW6B6gDdYpdPWhA7SCith8F1ED619kSnsjD4Mg=", "ignored"),
]
HEADS = {"shopify": "x-shopify-hmac-sha256", "woocommerce": "x-wc-webhook-signature"}
ORDERS = {
    "2998548365461": "60.33",
    "450789469": "598.94",
    "5324790137142": "1806.38",
    "5324830114101": "2629.95",
    "6012345678901234567": "4725.33",
    "1073459963": "270.37",
    str(BIG): "404.95",
    str(BIG + 1): "0.00",
}


def taken(shop: Shop, name: str, topic: str, signed: str) -> str:
    """What becomes of a file under a signature; a changed byte is refused."""
    raw, head = payloads.raw(f"{shop.platform}/{name}.json"), {HEADS[shop.platform]: signed}
    changed = shop.push(topic, raw[:-1] + b" ", **head)
    assert (changed.status_code, changed.json()["code"]) == (401, "signature_invalid")
    return shop.take(topic, raw, **head)


def totals(shop: Shop) -> dict[str, str]:
    found = shop.read("/v1/orders?limit=50")["items"]
    return {one["order_id"]: shop.order(one["order_id"])["totals"]["total"] for one in found}


def test_every_sample_of_shopify_is_taken_as_it_came(shopify: Shop) -> None:
    found = [(name, taken(shopify, name, topic, signed)) for name, topic, signed, _ in SHOPIFY]
    assert found == [(name, outcome) for name, _, _, outcome in SHOPIFY]
    assert (totals(shopify), shopify.rejections()) == (ORDERS, [])


def test_every_sample_of_woocommerce_is_taken_as_it_came(woocommerce: Shop) -> None:
    found = [(name, taken(woocommerce, name, topic, signed)) for name, topic, signed, _ in WOOCOMMERCE]
    assert found == [(name, outcome) for name, _, _, outcome in WOOCOMMERCE]
    assert totals(woocommerce) == {"17": "2.00", "727": "29.35", "723": "39.00"}
    assert woocommerce.rejections() == []


def test_every_file_is_sent() -> None:
    names = {path.stem for platform in HEADS for path in (payloads.FOLDER / platform).iterdir()}
    assert names == {name for name, *_ in (*SHOPIFY, *WOOCOMMERCE)}


def test_a_body_as_php_writes_it_is_signed_as_such(woocommerce: Shop) -> None:
    raw = php(payloads.WOO_REFUNDED)
    assert len(raw) == 2452
    signed = {HEADS["woocommerce"]: "9zuiEbfIwo4GrBiuy1iXqzmBV1QVsF25Aw5wUH/GM/o="}
    assert woocommerce.take("order.restored", raw, **signed) == "created"
    assert woocommerce.order(723)["totals"]["net"] == "20.00"
