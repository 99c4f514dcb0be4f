"""From a stored document back to the model it is of."""

from typing import Any

from services.scoring.estimators import boosting, logistic, two_part

Model = logistic.LogisticChallenger | boosting.BoostingChallenger | two_part.TwoPartSpend


def restored(document: Any) -> Model:
    """The model; ValueError if the document is of no kind or version that we read."""
    kind = document.get("kind") if isinstance(document, dict) else None
    if kind == boosting.KIND:
        return boosting.BoostingChallenger.from_document(document)
    if kind == two_part.KIND:
        return two_part.TwoPartSpend.from_document(document)
    return logistic.LogisticChallenger.from_document(document)
