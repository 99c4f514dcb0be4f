"""What one customer will buy next, and when."""

from dataclasses import replace

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.challengers import usecases as challengers
from services.scoring.challengers.propensity import repository, rules
from services.scoring.challengers.propensity.schemas import CategoryOut, PropensityOut
from services.scoring.evidence.rules import Evidence
from services.scoring.models.rules import PurchaseModel
from services.scoring.values import rules as values

CONSIDERED = 200  # categories that everybody buys most
DIGITS = 4


def of(session: Session, evidence: Evidence, model: PurchaseModel, limit: int) -> PropensityOut:
    """When the one customer of the evidence will buy next, and the likeliest categories within H."""
    bought = bool(evidence.buyers[0])
    numbers = {name: column[0].item() for name, column in values.predicted(evidence, model).items()}
    trained = challengers.trained(session, evidence) if bought else None
    model = replace(model, horizon_days=float(evidence.horizons.days[0]))
    any_purchase = 1.0 - (numbers["churn_probability"] if trained is None else trained.churn[0].item())
    return PropensityOut(
        customer_id=evidence.customer_ids[0],
        horizon_days=int(model.horizon_days),
        probability=round(any_purchase, DIGITS) if bought else None,
        next_purchase_days=round(numbers["next_order_days"], 1) if bought else None,
        categories=_categories(session, evidence, model, any_purchase)[:limit] if bought else [],
        method=values.method(evidence, model.rung)[0] if trained is None else trained.method,
        as_of=evidence.now,
    )


def _categories(session: Session, evidence: Evidence, model: PurchaseModel, any_purchase: float) -> list[CategoryOut]:
    own = repository.own(session, evidence.customer_ids[0], str(evidence.zone))
    some = rules.joined(own, repository.shared(session, CONSIDERED))
    share = rules.shares(some, float(evidence.known("order_days")[0]))
    chance = rules.probabilities(share, evidence.histories, model, any_purchase)
    return [
        CategoryOut(
            category=some.names[at],
            probability=round(chance[at].item(), DIGITS),
            order_days=int(some.days[at]),
            share=round(share[at].item(), DIGITS),
            share_of_all=round(some.shared[at].item(), DIGITS),
        )
        for at in np.argsort(-chance, kind="stable").tolist()
    ]
