"""Explaining one score of one customer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.challengers import usecases as challengers
from services.scoring.challengers.explanations import rules
from services.scoring.challengers.explanations.schemas import ExplanationOut, FactOut
from services.scoring.challengers.fields import UNTRAINED
from services.scoring.challengers.rules import Challenger, Kind
from services.scoring.estimators.histories import Floats
from services.scoring.evidence.rules import Evidence
from services.scoring.models.rules import PurchaseModel, Standards
from services.scoring.values import rules as values

# Told without training, too, within H of the customer; the others within that of all.
OF_OWN_HORIZON = ("churn", "spend")


def explain(
    session: Session,
    evidence: Evidence,
    model: PurchaseModel,
    kind: Kind,
    known: Standards | None = None,
    *,
    predicted: Mapping[str, Floats] | None = None,
) -> ExplanationOut:
    """Where a score of the one customer of the evidence comes from.

    Without a challenger of the kind, churn and spend are told by the model of purchases, and the others not at all.
    Nor is the chance of becoming high told of who is. `predicted` is what that model says, where it was asked before.
    """
    horizon = float(evidence.horizons.days[0]) if kind in OF_OWN_HORIZON else model.horizon_days
    challenger = challengers.in_force(session, kind, horizon, known)
    found = _trained(session, evidence, challenger) if challenger else None
    return ExplanationOut.model_validate(
        {
            "customer_id": evidence.customer_ids[0],
            "model": kind,
            "horizon_days": int(horizon),
            "as_of": evidence.now,
            **(found or _untrained(evidence, model, kind, predicted or values.predicted(evidence, model))),
        }
    )


def _trained(session: Session, evidence: Evidence, challenger: Challenger) -> dict[str, Any] | None:
    some = challengers.features(session, challenger, evidence.customer_ids, evidence.zone, evidence.now)
    if some is None:
        return None
    about = bool(challenger.is_about(some)[0])
    return {
        "method": f"L{challenger.level}",
        "score": float(challenger.scores(some.table)[0]) if about else None,
        "parts": rules.parts(challenger, some.table[0]) if about else [],
        "reasons": [],
    }


def _untrained(evidence: Evidence, model: PurchaseModel, kind: Kind, predicted: Mapping[str, Floats]) -> dict[str, Any]:
    numbers = {name: column[0].item() for name, column in predicted.items()}
    scores = {"churn": numbers["churn_probability"], "spend": numbers["expected_orders_h"] * numbers["order_value"]}
    bought = bool(evidence.buyers[0])
    score = scores.get(kind, np.nan)
    return {
        "method": values.method(evidence, model.rung)[0],
        "score": None if np.isnan(score) else score,
        "parts": [],
        "reasons": [
            FactOut(code=code, value=numbers[code], meaning=meaning) for code, meaning in UNTRAINED.items() if bought
        ],
    }
