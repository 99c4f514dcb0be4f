"""Taking a score apart."""

from typing import Literal

import numpy as np

from services.scoring.challengers.explanations.schemas import ContributionOut, PartOut
from services.scoring.challengers.fields import MEANINGS
from services.scoring.challengers.rules import Challenger
from services.scoring.estimators.additive import AdditiveClassifier
from services.scoring.estimators.as_of import NAMES
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.two_part import TwoPartSpend

Part = Literal["probability", "buys", "amount"]


def parts(challenger: Challenger, row: Floats) -> list[PartOut]:
    """The sums that a score is made of, for one row of features; none where nothing was learned."""
    model = challenger.model
    if not isinstance(model, TwoPartSpend):
        return [_of_odds("probability", model, row)]
    found = [] if model.buys_ is None else [_of_odds("buys", model.buys_, row)]
    return found if model.range_ is None else [*found, _of_amount(model, row, model.range_)]


def _of_odds(part: Part, model: AdditiveClassifier, row: Floats) -> PartOut:
    return PartOut(
        part=part,
        scale="log_odds",
        base=model.base_,
        total=float(model.decision_function(row[None])[0]),
        contributions=_contributions(row, model.contributions(row[None])[0]),
    )


def _of_amount(model: TwoPartSpend, row: Floats, seen: tuple[float, float]) -> PartOut:
    """Amounts end at what was ever seen: what is cut off there is part of the base."""
    added = model.terms(row[None])[0]
    total = float(np.clip(model.base_ + added.sum(), *seen))
    return PartOut(
        part="amount",
        scale="log_amount",
        base=total - float(added.sum()),
        total=total,
        contributions=_contributions(row, added),
    )


def _contributions(row: Floats, added: Floats) -> list[ContributionOut]:
    order = np.argsort(-np.abs(added), kind="stable").tolist()
    return [
        ContributionOut(
            feature=NAMES[at], meaning=MEANINGS[NAMES[at]], value=row[at].item(), contribution=added[at].item()
        )
        for at in order
    ]
