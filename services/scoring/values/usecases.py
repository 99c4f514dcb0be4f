"""What one customer will bring, for any horizon."""

from decimal import Decimal

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.estimators import purchases
from services.scoring.estimators.histories import histories
from services.scoring.estimators.ladder import of_customer
from services.scoring.evidence.rules import Evidence
from services.scoring.models.rules import PurchaseModel
from services.scoring.schemes import usecases as schemes
from services.scoring.values import rules
from services.scoring.values.schemas import IntervalOut, ValueOut
from shared.money import rounded
from shared.web.schemas import MoneyOut

USUAL = 365  # days, unless the scheme of dimensions names others
COVERAGE = 0.8


def of(
    evidence: Evidence, model: PurchaseModel, horizon_days: int, currency: str, *, order_value: float | None = None
) -> ValueOut:
    """What the one customer of the evidence will bring within a horizon.

    `order_value` is what the model says of one order, where it was asked before.
    """
    orders = int(evidence.known("orders")[0])
    rung = of_customer(model.rung, orders, model_is_sure=not model.findings)
    known = {
        "customer_id": evidence.customer_ids[0],
        "horizon_days": horizon_days,
        "method": f"L{rung.level}",
        "confidence": rung.confidence,
        "findings": list(model.findings),
        "as_of": evidence.now,
    }
    nothing = dict.fromkeys(("expected_orders", "order_value", "revenue", "interval", "margin", "p_alive"))
    told = nothing if orders == 0 else _predicted(evidence, model, horizon_days, currency, order_value)
    return ValueOut.model_validate(known | told)


def usual_horizon(session: Session) -> int:
    """The horizon in days of the scheme in force."""
    scheme = schemes.current(session, "dimensions")
    return int(scheme.content.get("value_horizon_days", USUAL)) if scheme else USUAL


def _predicted(
    evidence: Evidence, model: PurchaseModel, horizon: int, currency: str, order_value: float | None
) -> dict[str, object]:
    rows, spend = evidence.histories, evidence.spend
    process, history = model.counts.process, histories(rows)
    expected = float(purchases.expected_purchases(process, history, horizon)[0])
    worth = float(model.spend.expected_order_value(spend)[0]) if order_value is None else order_value
    low, high = (float(bound[0]) for bound in model.value.interval(rows, spend, horizon, coverage=COVERAGE))
    share = float(rules.margin_share(evidence, model)[0])

    def money(amount: float) -> MoneyOut:
        return MoneyOut.of(rounded(Decimal(str(amount)), currency), currency)

    return {
        "expected_orders": round(expected, 4),
        "order_value": money(worth),
        "revenue": money(expected * worth),
        "interval": IntervalOut(low=money(low), high=money(high)),
        "margin": None if np.isnan(share) else money(expected * worth * share),
        "p_alive": round(float(purchases.probability_alive(process, history)[0]), 4),
    }
