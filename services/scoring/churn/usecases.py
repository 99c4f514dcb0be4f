"""The churn score of one customer, with its reasons."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from services.scoring.challengers.explanations import usecases as explanations
from services.scoring.challengers.explanations.schemas import ExplanationOut
from services.scoring.churn.schemas import ChurnOut, ReasonOut
from services.scoring.evidence.rules import Evidence
from services.scoring.horizons.schemas import HorizonOut
from services.scoring.levels import usecases as levels
from services.scoring.levels.rules import Held
from services.scoring.models.rules import PurchaseModel

STRONGEST = 4


def of(session: Session, evidence: Evidence, model: PurchaseModel) -> ChurnOut:
    """The chance that the one customer of the evidence buys nothing within H; a challenger in force decides it."""
    held = levels.at(session, evidence.customer_ids[0], evidence.now)
    return answer(evidence, explanations.explain(session, evidence, model, "churn"), held)


def answer(evidence: Evidence, told: ExplanationOut, held: Mapping[str, Held]) -> ChurnOut:
    """The same from what a model says and the levels that the customer holds."""
    level = held.get("churn")
    return ChurnOut(
        customer_id=told.customer_id,
        probability=None if told.score is None else round(told.score, 4),
        level=level.level if level else None,
        horizon_days=told.horizon_days,
        horizon=_horizon(evidence),
        method=told.method,
        reasons=_reasons(told),
        as_of=told.as_of,
    )


def _horizon(evidence: Evidence) -> HorizonOut:
    own = evidence.horizons
    source = own.sources[0].item()
    return HorizonOut(
        days=int(own.days[0]),
        source=source,
        category=own.categories[0].item() if source == "category" else None,
        usual_gap_days=evidence["gap_median"][0].item() if source == "rhythm" else None,
    )


def _reasons(told: ExplanationOut) -> list[ReasonOut]:
    """What a trained model weighed most, else what the model of purchases says."""
    facts = [ReasonOut(code=fact.code, value=round(fact.value, 4), meaning=fact.meaning) for fact in told.reasons]
    weighed = [one for part in told.parts for one in part.contributions[:STRONGEST]]
    return facts + [
        ReasonOut(
            code=one.feature,
            value=round(one.value, 4),
            meaning=one.meaning,
            effect="raises" if one.contribution > 0 else "lowers",
        )
        for one in weighed
    ]
