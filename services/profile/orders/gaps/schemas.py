"""Gaps of the catalogue on the wire."""

from pydantic import Field

from shared.contracts.base import Instant, Money
from shared.web.schemas import Out


class GapOut(Out):
    """A sku that orders name and the catalogue does not."""

    sku: str
    orders: int
    revenue: Money = Field(description="What lines of paid orders brought, less refunds.")
    currency: str
    first_at: Instant
    last_at: Instant
