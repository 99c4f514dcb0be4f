"""How far to believe a score: from "no orders, no score" to trained models, for a merchant and for one customer."""

from dataclasses import dataclass, replace
from typing import Literal

Method = Literal["none", "prior", "map", "logistic", "boosting"]
Confidence = Literal["none", "low", "medium", "high"]

SHARED, OWN, TRAINABLE, BOOSTABLE = 30, 300, 1_000, 20_000
CLASS_SIZE, CLOSED_WINDOWS = 200, 3
ORDERS_FOR: dict[Confidence, int] = {"high": 4, "medium": 2, "low": 1}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a merchant has shown so far.

    `cycles` is the time observed in usual gaps between orders; `smaller_class` the customers of the rarer outcome and
    `rows` those of all label windows that are over, `closed_windows` their number.
    """

    customers: int
    cycles: float
    smaller_class: int = 0
    closed_windows: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Rung:
    """L0 to L5, the best method that may be used there, and how far to believe it."""

    level: int
    method: Method
    confidence: Confidence
    own_thresholds: bool = False


NO_SCORE = Rung(0, "none", "none")
RUNGS = (
    NO_SCORE,
    Rung(1, "prior", "low"),
    Rung(2, "map", "medium"),
    Rung(3, "map", "high", own_thresholds=True),
    Rung(4, "logistic", "high", own_thresholds=True),
    Rung(5, "boosting", "high", own_thresholds=True),
)


def of_merchant(evidence: Evidence) -> Rung:
    """The rung a merchant stands on. From L4 on a challenger may be trained; whether it is used its backtest says."""
    if evidence.customers == 0:
        return NO_SCORE
    if evidence.customers < SHARED or evidence.cycles < 1:
        return RUNGS[1]
    if evidence.customers < OWN:
        return RUNGS[2]
    if not _trainable(evidence):
        return RUNGS[3]
    return RUNGS[5 if evidence.rows >= BOOSTABLE else 4]


def of_customer(merchant: Rung, orders: int, *, model_is_sure: bool = True) -> Rung:
    """The rung of one customer: without an order no score, with few orders or a model in doubt less confidence."""
    if orders == 0 or merchant.level == 0:
        return NO_SCORE
    steps: tuple[Confidence, ...] = ("low", "medium", "high")
    own = max(at for at, name in enumerate(steps) if orders >= ORDERS_FOR[name])
    limit = min(own, steps.index(merchant.confidence)) if model_is_sure else 0
    return replace(merchant, confidence=steps[limit])


def _trainable(evidence: Evidence) -> bool:
    enough = evidence.customers >= TRAINABLE and evidence.smaller_class >= CLASS_SIZE
    return enough and evidence.closed_windows >= CLOSED_WINDOWS
