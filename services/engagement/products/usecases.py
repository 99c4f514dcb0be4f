"""Applying what profile publishes of the catalogue."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.products.tables import Product
from shared.contracts.profile import ProductRecorded
from shared.db import NEWER, among, put


def record(session: Session, events: Sequence[ProductRecorded], now: datetime) -> None:
    """Keep the newest state of each product."""
    rows = [{"sku": event.sku, "version": event.version, "use_days": event.use_days} for event in events]
    put(session, Product, rows, on_conflict=NEWER)


def use_days(session: Session, skus: Collection[str]) -> dict[str, int]:
    """How long one unit of these products lasts, where that is known."""
    wanted = select(Product.sku, Product.use_days).where(among(Product.sku, skus), Product.use_days.is_not(None))
    return {sku: days for sku, days in session.execute(wanted) if days is not None} if skus else {}
