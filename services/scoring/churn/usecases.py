"""The churn score of one customer, with its reasons."""

from sqlalchemy.orm import Session

from services.scoring.challengers import usecases as challengers
from services.scoring.challengers.fields import UNTRAINED
from services.scoring.churn.schemas import ChurnOut, ReasonOut
from services.scoring.evidence.rules import Evidence
from services.scoring.levels import usecases as levels
from services.scoring.models.rules import PurchaseModel
from services.scoring.values import rules as values


def of(session: Session, evidence: Evidence, model: PurchaseModel) -> ChurnOut:
    """The chance that the one customer of the evidence buys nothing within H; a challenger in force decides it."""
    customer_id, now = evidence.customer_ids[0], evidence.now
    numbers = {name: column[0].item() for name, column in values.predicted(evidence, model).items()}
    bought = bool(evidence.buyers[0])
    trained = challengers.trained(session, evidence, model.horizon_days) if bought else None
    level = levels.at(session, customer_id, now).get("churn")
    return ChurnOut(
        customer_id=customer_id,
        probability=round(numbers["churn_probability"] if trained is None else trained.churn[0].item(), 4)
        if bought
        else None,
        level=level.level if level else None,
        horizon_days=int(model.horizon_days),
        method=values.method(evidence, model.rung)[0] if trained is None else trained.method,
        reasons=[
            ReasonOut(code=code, value=round(numbers[code], 4), meaning=meaning) for code, meaning in UNTRAINED.items()
        ]
        if bought
        else [],
        as_of=now,
    )
