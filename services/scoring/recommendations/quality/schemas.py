"""Measured recall on the wire."""

from datetime import datetime

from pydantic import Field

from services.scoring.baskets.tables import Level
from services.scoring.estimators.recall import PLACES
from shared.web.schemas import Out

Recall = Field(description="Mean share found among the places of a list; null when nobody could be asked.")


class QualityOut(Out):
    """Lists against what customers bought on their last order day, which the lists had not seen.

    `…_new` looks only at what a customer had never bought before. Best-sellers are the same ten for everybody.
    """

    level: Level
    places: int = Field(default=PLACES, description="Length of a list.")
    customers: int = Field(description="Who were asked: a sample of those with two order days or more.")
    personal: float | None = Recall
    best_sellers: float | None = Recall
    customers_new: int = Field(description="Who of them bought something new.")
    personal_new: float | None = Recall
    best_sellers_new: float | None = Recall
    as_of: datetime


class SlotOut(Out):
    """One place of the lists that messages carried, and what came of it."""

    slot: int = Field(description="1 = the first product of the message.", examples=[1])
    shown: int
    bought: int = Field(description="How often the customer bought the product within 14 days.")
    share: float = Field(examples=[0.08])


class QualitiesOut(Out):
    """The latest measurement of each level, and the results of what messages recommended."""

    items: list[QualityOut]
    slots: list[SlotOut] = Field(description="Of messages of half a year whose 14 days are over.")
