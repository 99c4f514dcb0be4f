"""Products and variations of WooCommerce."""

from datetime import datetime
from html import unescape

from services.profile.ingestion.rules import Item, Kind
from services.profile.webhooks.rules import Payload, amount, required, said, said_at, several, text, titles
from services.profile.webhooks.schemas import Reading, Shop

ON_SALE = "publish"


def product(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """A product. Its price comes without a currency but in markup, which says nothing: it is in the shop's."""
    parent, price = payload.get("parent_id"), payload.get("regular_price") or payload.get("price")
    category = next(iter(several(payload, "categories")), {}).get("name")
    document = said(
        sku=text(payload.get("sku")) or f"{shop.code}:{required(payload, 'id')}",
        source=shop.code,
        updated_at=said_at(payload.get("date_modified_gmt")),
        parent=f"{shop.code}:{parent}" if parent else None,
        titles=titles(unescape(str(payload.get("name") or ""))),
        category=text(unescape(category)) if isinstance(category, str) else None,
        currency=shop.currency,
        price=amount(price),
        available=None if payload.get("status") == ON_SALE else [],
    )
    return Reading([Item(Kind.PRODUCT, document, at)])
