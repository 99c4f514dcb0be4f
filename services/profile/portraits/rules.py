"""From what orders say to labels. Pure."""

from collections.abc import Sequence
from decimal import Decimal

from services.profile.orders.fields import WEEKDAYS
from services.profile.portraits.schemas import EvidenceOut, LabelOut, Vote
from shared.web.schemas import MoneyOut

FEWEST = 2  # orders that say anything about a label
DRIVEN = 0.5  # share of orders with a coupon or a discount
BOUNDS = tuple(Decimal(digit).scaleb(power) for power in range(6) for digit in (1, 2, 5))  # of price bands


def band(place: int) -> str:
    """The name of the price band between two bounds: 0 lies below the first one."""
    if place == 0:
        return f"0-{BOUNDS[0]:f}"
    return f"{BOUNDS[place - 1]:f}-{BOUNDS[place]:f}" if place < len(BOUNDS) else f"{BOUNDS[-1]:f}+"


BAND_NAMES = tuple(band(place) for place in range(len(BOUNDS) + 1))


def labels(votes: Sequence[Vote], currency: str) -> list[LabelOut]:
    """The labels that enough orders speak for, by name; amounts are in `currency`."""
    enough = sorted((vote for vote in votes if vote.total >= FEWEST), key=lambda vote: vote.label)
    return [LabelOut(label=vote.label, value=_value(vote), evidence=_evidence(vote, currency)) for vote in enough]


def _value(vote: Vote) -> str | int | bool:
    match vote.label:
        case "price_band":
            return BAND_NAMES[int(vote.value)]
        case "favourite_hour":
            return int(vote.value)
        case "favourite_weekday":
            return WEEKDAYS[int(vote.value) - 1]
        case "promotion_driven":
            return vote.orders / vote.total >= DRIVEN
        case _:
            return vote.value


def _evidence(vote: Vote, currency: str) -> EvidenceOut:
    return EvidenceOut(
        orders=vote.orders,
        of=vote.total,
        share=round(vote.orders / vote.total, 4),
        net=MoneyOut.of(vote.net, currency),
        last_at=vote.last_at,
    )
