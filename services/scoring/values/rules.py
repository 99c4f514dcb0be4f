"""What the model of purchases predicts of customers. NaN for who has not bought: no order, no prediction."""

from collections.abc import Mapping
from functools import partial

import numpy as np

from services.scoring.estimators import purchases
from services.scoring.estimators.histories import Floats, Ints, histories
from services.scoring.estimators.ladder import Rung
from services.scoring.estimators.sharing import by_value, in_blocks
from services.scoring.evidence.rules import Evidence
from services.scoring.models.rules import PurchaseModel

MONTH, QUARTER, YEAR = 30.0, 90.0, 365.0
SURE_FROM = 2.0  # orders at which half of the confidence is reached
NOBODY: Floats = np.empty(0)
NAMES = (
    *("p_alive", "purchase_rate", "churn_probability", "silence_surprise", "next_order_days", "expected_orders_h"),
    *("expected_orders_90d", "expected_orders_12m", "order_value", "clv_12m"),
)
BELIEVED = {0: 0.0, 1: 0.5, 2: 0.75}  # by the rung of the merchant; 1 from L3 on


def predicted(evidence: Evidence, model: PurchaseModel) -> Mapping[str, Floats]:
    """Predictions by name, amounts in base currency, times in days."""
    who = np.flatnonzero(evidence.buyers)
    some = _of_buyers(evidence, who, model) if len(who) else dict.fromkeys(NAMES, NOBODY)
    found = {name: _spread(len(evidence), who, values) for name, values in some.items()}
    return found | {"margin_12m": found["clv_12m"] * margin_share(evidence, model)}


def _of_buyers(evidence: Evidence, who: Ints, model: PurchaseModel) -> dict[str, Floats]:
    process, some, horizons = model.counts.process, histories(evidence.histories[who]), evidence.horizons.days[who]
    expected, worth = (
        partial(purchases.expected_purchases, process),
        model.spend.expected_order_value(evidence.spend[who]),
    )
    year = expected(some, YEAR)
    return {
        "p_alive": in_blocks(partial(purchases.probability_alive, process), some),
        "purchase_rate": in_blocks(partial(purchases.purchase_rate, process), some) * MONTH,
        "churn_probability": purchases.probability_no_purchase(process, some, horizons),
        "silence_surprise": in_blocks(partial(purchases.silence_surprise, process), some),
        "next_order_days": in_blocks(partial(purchases.median_time_to_next, process), some),
        "expected_orders_h": by_value(expected, some, horizons),
        "expected_orders_90d": expected(some, QUARTER),
        "expected_orders_12m": year,
        "order_value": worth,
        "clv_12m": worth * year,
    }


def confidence(evidence: Evidence, rung: Rung) -> Floats:
    """How far to believe a prediction, 0 to 1: by the customer's orders and by what the merchant has shown."""
    orders = evidence.known("order_days")
    return orders / (orders + SURE_FROM) * BELIEVED.get(rung.level, 1.0)


def method(evidence: Evidence, rung: Rung) -> list[str]:
    """The rung of the ladder each customer stands on: without an order the lowest."""
    found: list[str] = np.where(evidence.buyers, f"L{rung.level}", "L0").tolist()
    return found


def margin_share(evidence: Evidence, model: PurchaseModel) -> Floats:
    """What is left of a customer's sales: their own share where costs of half of them are known, else everybody's."""
    costed, sales = evidence.known("costed_sales"), evidence.known("net_spend")
    own = np.divide(evidence.known("margin"), costed, out=np.full(len(evidence), np.nan), where=costed > 0)
    shared = np.nan if model.margin_share is None else model.margin_share
    return np.where((costed > 0) & (costed >= sales / 2.0), own, shared)


def _spread(size: int, who: Ints, values: Floats) -> Floats:
    answer = np.full(size, np.nan)
    answer[who] = values
    return answer
