"""Payloads in the platforms' public form, cut down to what says something, with the traps that real ones have."""

import json
from typing import Any

BIG = 820982911946154508  # above 2**53: a float makes the next one of it
JOHN = 115310627314723954
JOHN_SMITH = {"id": JOHN, "email": "john@example.com", "first_name": "John", "last_name": "Smith", "phone": None}


def shop_money(amount: str, currency: str = "USD") -> dict[str, Any]:
    return {"shop_money": {"amount": amount, "currency_code": currency}}


def line(line_id: int, sku: str | None, price: str, *off: str, quantity: int = 1, **fields: Any) -> dict[str, Any]:
    shares = [{"amount": one} for one in off]
    own = {"id": line_id, "sku": sku, "price": price, "quantity": quantity, "total_discount": "0.00"}
    return own | {"title": f"Article {line_id}", "discount_allocations": shares} | fields


def order(order_id: int, total: str, lines: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    return {
        "id": order_id,
        "admin_graphql_api_id": f"gid://shopify/Order/{order_id}",
        "currency": "USD",
        "financial_status": "paid",
        "total_price": total,
        "line_items": lines,
        "source_name": "web",
        **fields,
    }


CREATED = order(
    BIG,
    "404.95",
    [
        line(487817672276298554, "SKU2006-001", "89.99", title="Aviator sunglasses"),
        line(789012345678901234, "LENS-PROTECT-2YR", "19.99", product_id=None),
        line(890123456789012345, "CASE-LEATHER-PREM", "24.99", product_id=None),
        line(976318377106520349, "SKU2006-020", "159.99"),
        line(315789986012684393, "SKU2006-035", "119.99"),
    ],
    name="#9999",
    created_at="2021-12-31T19:00:00-05:00",
    updated_at="2021-12-31T19:00:00-05:00",
    cancelled_at="2021-12-31T19:00:00-05:00",
    cancel_reason="customer",
    financial_status="voided",
    email="jon@example.com",
    customer=JOHN_SMITH,
    billing_address={"phone": "555-555-SHIP"},
    total_discounts="20.00",
    total_shipping_price_set=shop_money("10.00"),
    total_outstanding="414.95",
    total_tax="0.00",
    test=True,
)
GUEST = order(
    5324830114101,
    "2629.95",
    [line(13925006311734, "sku-hosted-1", "2629.95")],
    name="#1010",
    admin_graphql_api_id="gid://shopify/Order/5324830114102",
    email="",
    created_at="2023-03-24T12:37:26-04:00",
    updated_at="2023-03-24T12:37:27-04:00",
)
MULTICURRENCY = order(
    2998548365461,
    "60.33",
    [line(6456910643349, "", "45.62", variant_id=37319198802069, price_set={"presentment_money": {"amount": "34.67"}})],
    currency="AUD",
    presentment_currency="USD",
    total_price_usd="45.81",
    created_at="2020-12-27T08:18:47+11:00",
    updated_at="2020-12-27T08:18:48+11:00",
    customer={"id": 4206822293653, "email": "rowan.testerson@example.com", "first_name": "Rowan"},
    total_tax="4.56",
    taxes_included=False,
    total_tip_received="0.0",
    total_shipping_price_set=shop_money("10.15", "AUD"),
    test=True,
)
FREE = order(
    BIG + 1,
    "0.00",
    [line(487817672276298555, "SKU2006-001", "89.99", "89.99")],
    name="#10000",
    created_at="2026-03-31T23:59:59-04:00",
    updated_at="2026-03-31T23:59:59-04:00",
    customer=JOHN_SMITH,
    total_discounts="89.99",
    discount_codes=[{"code": "FREE100", "amount": "89.99"}],
)
NULL_CUSTOMER = order(
    1073459963,
    "270.37",
    [line(1, None, "129.99"), line(2, None, "85.95"), line(3, None, "19.99", quantity=2)],
    customer=None,
    email="",
    created_at="2025-07-02T11:30:45-05:00",
    updated_at="2025-07-02T11:30:45-05:00",
    total_tax="14.45",
    total_outstanding="270.37",
)
BOB = {
    "id": 207119551,
    "email": "bob.norman@mail.example.com",
    "first_name": "Bob",
    "last_name": "Norman",
    "phone": "+16136120707",
    "tags": "Léon, Noël",
    "default_address": {"name": "", "phone": "555-625-1199", "country_code": "US", "province_code": "KY"},
}
BOBS_REFUND = {
    "id": 509562969,
    "order_id": 450789469,
    "processed_at": "2025-07-02T11:29:59-05:00",
    "transactions": [{"kind": "refund", "status": "success", "amount": "209.00", "currency": "USD"}],
    "refund_line_items": [
        {"line_item_id": 703073504, "quantity": 1, "subtotal": 195.66, "total_tax": 3.98},
        {"line_item_id": 466157049, "quantity": 1, "subtotal": 195.67, "total_tax": 3.98},
    ],
}
PARTLY_REFUNDED = order(
    450789469,
    "598.94",
    [
        line(466157049, "IPOD2008GREEN", "199.00", "3.34"),
        line(518995019, "IPOD2008RED", "199.00", "3.33"),
        line(703073504, "IPOD2008BLACK", "199.00", "3.33"),
    ],
    name="#1001",
    customer=BOB,
    phone="+557734881234",
    created_at="2008-01-10T11:00:00-05:00",
    updated_at="2025-07-02T11:30:48-05:00",
    financial_status="partially_refunded",
    subtotal_price="597.00",
    current_total_price="199.65",
    total_discounts="10.00",
    total_tax="11.94",
    discount_codes=[{"code": "TENOFF", "amount": "10.00"}],
    landing_site="http://www.example.com?source=abc",
    referring_site="http://www.otherexample.com",
    refunds=[BOBS_REFUND],
    fulfillments=[{"id": 255858046, "status": "failure", "tracking_number": "1Z1234512345123456"}],
)
CANCELLED = order(
    5324790137142,
    "1806.38",
    [
        line(13924936679734, "", "699.95", "10.00", "103.50", name="The Complete Snowboard - Powder"),
        line(13924936712502, "", "699.95", "209.97", quantity=2),
    ],
    created_at="2023-03-24T11:28:18-04:00",
    updated_at="2023-03-24T18:08:18-04:00",
    cancelled_at="2023-03-24T18:08:18-04:00",
    cancel_reason="other",
    financial_status="refunded",
    customer={"id": 6972527083830, "email": "russel.winfield@example.com", "phone": "+16135550135", "tags": "VIP"},
    total_discounts="323.47",
    discount_codes=[{"code": "", "amount": "313.47"}],
    total_shipping_price_set=shop_money("30.00"),
    refunds=[
        {
            "id": 945108681014,
            "created_at": "2023-03-24T18:08:18-04:00",
            "order_adjustments": [{"kind": "shipping_refund", "amount": "-30.00"}],
            "transactions": [{"kind": "refund", "status": "success", "amount": "1806.38"}],
            "refund_line_items": [
                {"line_item_id": 13924936679734, "quantity": 1, "subtotal": 586.45},
                {"line_item_id": 13924936712502, "quantity": 2, "subtotal": 1189.93},
            ],
        }
    ],
)
TITLES = [
    "قميص قطني تجريبي #001",
    "Cafe\u0301 cre\u0300me (NFD)",
    "Caf\u00e9 cr\u00e8me (NFC)",
    "絵文字 🧪 マグカップ",
    "O’Reilly & Söhne <b>Tee</b>",
    '"Quoted" \\ back/slash',
]
LONG = order(
    6012345678901234567,
    "4725.33",
    [
        line(
            14000000000000000 + at,
            "" if at % 10 == 0 else f"SKU-{at:04}",
            "50.00" if at == 77 else "4675.43" if at == 110 else "0.00",
            *(["10.00"] if at == 110 else []),
            title=TITLES[at % len(TITLES)],
            gift_card=at == 77,
        )
        for at in range(1, 111)
    ],
    currency="EUR",
    taxes_included=True,
    total_tax="745.68",
    total_tip_received="5.00",
    total_discounts="10.00",
    total_shipping_price_set=shop_money("4.90", "EUR"),
    discount_codes=[{"code": "ZEHN€", "amount": "10.00"}],
    created_at="2026-03-29T01:59:59+01:00",
    updated_at="2026-03-29T03:00:01+02:00",
    customer={"id": 8012345678901234567, "first_name": "Zoë", "last_name": "Ærøskøbing-李", "phone": "+493023125042"},
)
REFUND = {
    "id": 890088186047892319,
    "order_id": BIG,
    "note": "Things were damaged",
    "processed_at": "2021-12-31T19:00:00-05:00",
    "transactions": [
        {"kind": "refund", "status": "success", "amount": amount, "currency": None} for amount in ("75.00", "10.00")
    ],
    "refund_line_items": [
        {"line_item_id": one["id"], "quantity": 1, "subtotal": float(one["price"]), "restock_type": "no_restock"}
        for one in CREATED["line_items"]
    ],
}
SHIPPING_REFUND = {
    "id": 929361471,
    "order_id": 450789469,
    "processed_at": "2025-07-02T11:38:32-05:00",
    "refund_shipping_lines": [{"subtotal_amount_set": shop_money("5.00")}],
    "order_adjustments": [{"kind": "shipping_refund", "amount": "-5.00"}],
    "refund_line_items": [],
    "transactions": [
        {
            "kind": "refund",
            "status": "success",
            "amount": "5.00",
            "currency": "USD",
            "total_unsettled_set": {"shop_money": {"amount": "348.0", "currency": "USD"}},
        }
    ],
}
FULFILMENT = {
    "id": 123456,
    "order_id": BIG,
    "status": "pending",
    "created_at": "2021-12-31T19:00:00-05:00",
    "updated_at": "2021-12-31T19:00:00-05:00",
    "tracking_company": "UPS",
    "tracking_number": "1z827wk74630",
    "email": "jon@example.com",
}
CUSTOMER = {
    "id": 6972943892790,
    "email": "john.doe@example.com",
    "first_name": "John",
    "last_name": "Doe",
    "created_at": "2023-03-24T18:13:56-04:00",
    "updated_at": "2023-03-24T18:13:56-04:00",
    "tags": "tag, VIP",
    "email_marketing_consent": {"state": "not_subscribed", "consent_updated_at": None},
    "default_address": {"name": "Yusuf Testerson", "first_name": "Yusuf", "province_code": "DE", "country_code": "US"},
}
BILLER = {
    "id": 706405506930370084,
    "email": "bob.biller@example.com",
    "first_name": "Bob",
    "last_name": "Biller",
    "updated_at": "2021-12-31T19:00:00-05:00",
    "default_address": {"city": "Ottawa", "province_code": "ON", "country_code": "CA", "phone": "555-555-5555"},
}
CHECKOUT = {
    "token": "123123123",
    "cart_token": "eeafa272cebfd4b22385bc4b645e762c",
    "email": "checkout@example.com",
    "customer": {"id": 603851970716743426, "email": "john@example.com"},
    "created_at": "2021-12-31T19:00:00-05:00",
    "currency": "USD",
    "total_tax": "23.88",
    "total_price": "421.88",
    "line_items": [{"key": "139cb5712fb4c8d9957dcfad9a3028da", "sku": "IPOD2008PINK", "quantity": 1, "price": "199.00"}]
    * 2,
}
UNINSTALLED = {"id": 548380009, "name": "Super Toys", "currency": "USD", "myshopify_domain": None}

WOO_PENDING = {
    "id": 17,
    "number": "17",
    "status": "pending",
    "currency": "USD",
    "created_via": "checkout",
    "customer_id": 1,
    "date_created": "2023-07-06T14:17:03",
    "date_created_gmt": "2023-07-06T14:17:03",
    "date_modified_gmt": "2023-07-06T14:25:02",
    "date_paid_gmt": None,
    "total": "2.000",
    "total_tax": "0.000",
    "billing": {"first_name": "First", "last_name": "Last", "email": "email@example.com", "country": "CO"},
    "line_items": [{"id": 9, "sku": "", "quantity": 2, "subtotal": "2.000", "total": "2.000", "price": 1}],
}
WOO_GUEST = {
    "id": 727,
    "number": "727",
    "status": "processing",
    "currency": "USD",
    "customer_id": 0,
    "date_created": "2017-03-22T16:28:02",
    "date_created_gmt": "2017-03-22T19:28:02",
    "date_modified": "2017-03-22T16:28:08",
    "date_modified_gmt": "2017-03-22T19:28:08",
    "date_paid": "2017-03-22T16:28:08",
    "date_paid_gmt": "2017-03-22T19:28:08",
    "total": "29.35",
    "total_tax": "1.35",
    "shipping_total": "10.00",
    "billing": {
        **{"first_name": "John", "last_name": "Doe", "email": "john.doe@example.com", "phone": "(555) 555-5555"},
        **{"city": "San Francisco", "state": "CA", "country": "US"},
    },
    "line_items": [
        {"id": 315, "name": "Woo Single #1", "sku": "", "quantity": 2, "subtotal": "6.00", "total": "6.00", "price": 3},
        {
            **{"id": 316, "name": "Ship Your Idea &ndash; Color: Black &times; 1", "sku": "Bar3", "quantity": 1},
            **{"subtotal": "12.00", "total": "12.00", "price": 12},
        },
    ],
}
RIO = {"city": "Rio de Janeiro", "state": "RJ", "country": "BR"}
WOO_REFUNDED = {
    "id": 723,
    "number": "723",
    "status": "completed",
    "currency": "USD",
    "customer_id": 26,
    "date_created_gmt": "2017-03-21T19:16:00",
    "date_modified_gmt": "2017-03-21T19:54:51",
    "date_paid_gmt": None,
    "date_completed_gmt": "2017-03-21T19:54:51",
    "total": "39.00",
    "shipping_total": "10.00",
    "billing": {"first_name": "João", "last_name": "Silva", "email": "joao.silva@example.com", **RIO},
    "line_items": [
        {"id": 311, "sku": "", "quantity": 1, "subtotal": "9.00", "total": "9.00", "price": 9},
        {"id": 313, "sku": "", "quantity": 1, "subtotal": "20.00", "total": "20.00", "price": 20},
    ],
    "refunds": [{"id": 726, "refund": "", "total": "-10.00"}, {"id": 724, "refund": "", "total": "-9.00"}],
}
WOO_CUSTOMER = {
    "id": 26,
    "email": "joao.silva@example.com",
    "first_name": "João",
    "last_name": "Silva",
    "username": "joao.silva",
    "date_created_gmt": "2017-03-21T19:11:14",
    "date_modified_gmt": "2017-03-21T19:11:16",
    "billing": RIO,
}


def php(payload: Any) -> bytes:
    """As PHP writes JSON: compact, in ASCII, with every slash escaped."""
    return json.dumps(payload, separators=(",", ":")).replace("/", "\\/").encode()
