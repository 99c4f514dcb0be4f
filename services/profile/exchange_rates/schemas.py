"""Exchange rates on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from shared.contracts.base import Number
from shared.web.schemas import Body, Out


class NewRate(Body):
    """The price of one unit in base currency."""

    rate: Annotated[Decimal, Field(gt=0, lt=Decimal(10) ** 6, decimal_places=10, examples=["7.1"])]


class RateOut(Out):
    """A rate, and from which day on it counts."""

    currency: str
    day: date
    rate: Number
    version: int
