"""Products of Shopify: each variant one article, under the product where there are several."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profile.ingestion.rules import Item, Kind
from services.profile.webhooks.rules import Payload, amount, required, said, said_at, several, text, titles, total
from services.profile.webhooks.schemas import Reading, Shop
from shared.contracts.base import JOINERS

ON_SALE = "active"


def product(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """A product with its variants. Prices come without a currency: they are in the shop's."""
    variants, parent = several(payload, "variants"), f"{shop.code}:{required(payload, 'id')}"
    about = said(
        source=shop.code,
        updated_at=said_at(payload.get("updated_at")),
        category=text(payload.get("product_type")),
        brand=text(payload.get("vendor")),
        currency=shop.currency,
        available=None if payload.get("status") == ON_SALE else [],
    )
    title = text(payload.get("title"), JOINERS)
    if len(variants) == 1:
        return _reading([about | _article(variants[0], shop) | said(titles=titles(title))], at)
    prices = [total([one.get("price")]) for one in variants]
    whole = about | said(sku=parent, titles=titles(title), price=amount(min(prices, default=None)))
    named = [said(parent=parent, titles=titles(title, text(one.get("title"), JOINERS))) for one in variants]
    own = [about | _article(one, shop) | name for one, name in zip(variants, named, strict=True)]
    return _reading([whole, *own], at)


def _article(variant: Payload, shop: Shop) -> dict[str, Any]:
    """An article without a sku goes by the shop's number."""
    sku = text(variant.get("sku")) or f"{shop.code}:{required(variant, 'id')}"
    return said(sku=sku, price=amount(variant.get("price")))


def _reading(articles: Sequence[dict[str, Any]], at: datetime) -> Reading:
    return Reading([Item(Kind.PRODUCT, one, at) for one in articles])
