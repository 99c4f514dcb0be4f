"""A grocer's log as a shop would report it: who the households are, and each basket as an order."""

from datetime import UTC, date, timedelta
from decimal import ROUND_UP, Decimal
from typing import Any

from deploy.local.orderlog.reports import CUSTOMER, ORDER, PRODUCT, Report, noon

SOURCE = "completejourney"
PRICE_STEP = Decimal("0.0001")
FUEL, FUEL_FROM = {"FUEL", "COUPON/MISC ITEMS"}, 100
OFFERED_TO_NOBODY = FUEL | {"COUPON", "COUPONS/STORE & MFG"}
Row = dict[str, Any]
Coupons = dict[tuple[int, date], list[str]]
UNKNOWN: Row = dict.fromkeys(("product_type", "package_size", "product_category", "department", "brand"))


def household(row: Row, day: date) -> Report:
    """What is known about one household, as an archive."""
    key, at = str(row["household_id"]), noon(day)
    described = ("home_ownership", "marital_status", "household_comp")
    tags = [f"age {row['age']}", *(row[name] for name in described if row[name]), f"kids {row['kids_count']}"]
    traits = {"locale": "en-US", "region": "US", "income_band": row["income"].replace(" ", "-"), "tags": tags}
    body = {
        "source": SOURCE,
        "identities": [{"kind": "external", "value": key}],
        "updated_at": at.isoformat(),
        "traits": traits,
    }
    return Report(CUSTOMER, key, f"customer/{key}", at, body)


def product(key: int, row: Row, sold: Row, day: date, currency: str) -> Report:
    """One article as the catalogue has it, at its mean shelf price; fuel and coupons are not on sale."""
    at, article = noon(day), _article(key, row)
    in_all = {name.removesuffix("_sum"): amount for name, amount in sold.items()}
    body = {
        "source": SOURCE,
        "sku": str(key),
        "updated_at": at.isoformat(),
        "titles": {"en": article.pop("name")},
        **{name: value for name, value in article.items() if value},
        "currency": currency,
        "price": str(_shelf_price(in_all, _quantity(in_all["quantity"], row["product_category"]))),
    }
    if row["product_category"] in OFFERED_TO_NOBODY:
        body["available"] = []
    return Report(PRODUCT, str(key), f"product/{key}", at, body)


def basket(rows: list[Row], products: dict[int, Row], coupons: Coupons, shift: timedelta, currency: str) -> Report:
    """One basket as a paid order. Its total is what the shop received: makers pay their coupons back."""
    first = rows[0]
    key, number = str(first["household_id"]), str(first["basket_id"])
    at = first["transaction_timestamp"].replace(tzinfo=UTC) + shift
    redeems = any(row["coupon_disc"] > 0 for row in rows)
    bought = enumerate((row for row in rows if row["quantity"] or row["sales_value"]), start=1)
    body = {
        "source": SOURCE,
        "order_id": number,
        "updated_at": at.isoformat(),
        "identities": [{"kind": "external", "value": key}],
        "status": "paid",
        "placed_at": at.isoformat(),
        "paid_at": at.isoformat(),
        "channel": "store",
        "store_id": str(first["store_id"]),
        "currency": currency,
        "lines": [line(place, row, products.get(row["product_id"], UNKNOWN)) for place, row in bought],
        "totals": {"total": str(sum((_money(row["sales_value"]) for row in rows), Decimal(0)))},
        "coupon_codes": coupons.pop((first["household_id"], (at - shift).date()), []) if redeems else [],
    }
    return Report(ORDER, key, f"order/{number}", at, body)


def line(place: int, row: Row, product: Row) -> Row:
    """One product of a basket: shelf price, less what the loyalty card and the shop's own coupons took off."""
    quantity = _quantity(row["quantity"], product["product_category"])
    received, price = _money(row["sales_value"]), _shelf_price(row, quantity)
    return {
        "line_id": str(place),
        "sku": str(row["product_id"]),
        **_article(row["product_id"], product),
        "quantity": str(quantity),
        "unit_price": str(price),
        "discount": str(max(Decimal(0), (price * quantity - received).quantize(PRICE_STEP, ROUND_UP))),
    }


def _shelf_price(row: Row, quantity: Decimal) -> Decimal:
    shelf = sum((_money(row[part]) for part in ("sales_value", "retail_disc", "coupon_match_disc")), Decimal(0))
    return (shelf / quantity).quantize(PRICE_STEP, ROUND_UP)


def _article(key: int, product: Row) -> Row:
    name = " ".join(part for part in (product["product_type"], product["package_size"]) if part)
    category = product["product_category"] or product["department"]
    return {"name": name or f"Product {key}", "category": category, "brand": product["brand"]}


def _quantity(logged: int, category: str | None) -> Decimal:
    """Fuel is logged in thousandths of a gallon; a few goods sold by weight have no quantity."""
    if category in FUEL and logged >= FUEL_FROM:
        return Decimal(logged) / 1000
    return Decimal(max(1, logged))


def _money(logged: float) -> Decimal:
    return Decimal(f"{logged:.2f}")
