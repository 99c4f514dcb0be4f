"""Base classes and types of request and answer bodies."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from shared import money
from shared.contracts import base
from shared.contracts.base import Code, Label, Money, Sku, Title

__all__ = [
    "Body",
    "Code",
    "Day",
    "Instant",
    "Label",
    "Listing",
    "Many",
    "MoneyBody",
    "MoneyOut",
    "Out",
    "Sku",
    "Title",
]

T = TypeVar("T")

WRITTEN_OUT = re.compile(r"\d{4}-\d\d-\d\d")


def _written_out(value: Any) -> Any:
    """Pydantic would take a number, also in quotes, for seconds since 1970."""
    if isinstance(value, date) or (isinstance(value, str) and WRITTEN_OUT.match(value)):
        return value
    raise ValueError("write it as RFC 3339: 2026-11-25T08:00:00Z, or a day as 2026-11-25")


Instant = Annotated[base.Instant, BeforeValidator(_written_out)]
Day = Annotated[base.Day, BeforeValidator(_written_out)]

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["CNY"])]


class Body(BaseModel):
    """What a caller sends: unknown fields are refused, surrounding spaces dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)


class Out(BaseModel):
    """What we answer, read from rows or other objects by attribute."""

    model_config = ConfigDict(from_attributes=True, populate_by_name=True, serialize_by_alias=True)


class MoneyBody(Body):
    """An amount a caller sends."""

    amount: Money = Field(examples=["12.30"])
    currency: Currency


class MoneyOut(Out):
    """An amount we answer: a decimal text and its currency."""

    amount: Money = Field(examples=["12.30"])
    currency: Currency

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> "MoneyOut":
        """Both parts together, the amount with the currency's decimal places: 12.3000 CNY is "12.30"."""
        short = money.rounded(amount, currency)
        return cls(amount=short if short == amount else amount.normalize(), currency=currency)


class Listing(Out, Generic[T]):
    """One page of a list, and where the next one begins; null at the end."""

    # Repositories return pages of rows, `Listing[Template]`; the route turns them into what it declares.
    model_config = ConfigDict(arbitrary_types_allowed=True)

    items: Sequence[T]
    next_cursor: str | None = None


def _split(value: Any) -> Any:
    texts = [value] if isinstance(value, str) else value
    return [part for text in texts for part in text.split(",")] if isinstance(texts, list) else value


def _some(values: list[T]) -> list[T]:
    if not values:
        raise ValueError("at least one value")
    return values


# A filter that takes several values by comma: `status: Many[OrderStatus] | None = None`.
Many = Annotated[list[T], BeforeValidator(_split), AfterValidator(_some)]
