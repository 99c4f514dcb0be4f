"""The first challenger: logistic regression on prepared features."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from services.scoring.estimators import documents
from services.scoring.estimators.additive import AdditiveClassifier
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.preparation import Preparation

KIND = "logistic"
STEPS = 1_000


class LogisticChallenger(AdditiveClassifier):
    """Log-odds linear in features that were logged where skewed, and standardised.

    `strength` is the inverse of the ridge penalty; `fields` name the columns. No class weights: they break calibration.
    After `fit`: `preparation_`, `coefficients_` (log-odds per standard deviation), `base_`.
    """

    def __init__(self, strength: float = 1.0, fields: Sequence[str] | None = None) -> None:
        self.strength = strength
        self.fields = fields

    def to_document(self) -> dict[str, Any]:
        """All that scoring needs, as plain JSON."""
        return documents.begun(KIND) | {
            "fields": list(self.names()),
            "classes": self.classes_.tolist(),
            "base": self.base_,
            "coefficients": self.coefficients_.tolist(),
            "preparation": self.preparation_.to_document(),
        }

    @classmethod
    def from_document(cls, document: Any) -> Self:
        """The model that was stored."""
        documents.require(document, KIND)
        model = cls(fields=tuple(document["fields"]))
        model.classes_, model.base_ = np.array(document["classes"]), document["base"]
        model.coefficients_ = np.array(document["coefficients"], dtype=np.float64)
        model.preparation_ = Preparation.from_document(document["preparation"])
        model.n_features_in_ = len(model.coefficients_)
        return model

    def _learn(self, table: Floats, outcome: Floats) -> None:
        self.preparation_ = Preparation().fit(table)
        with threadpool_limits(limits=1):
            found = LogisticRegression(C=self.strength, max_iter=STEPS).fit(self.preparation_.transform(table), outcome)
        self.coefficients_, self.base_ = found.coef_[0], float(found.intercept_[0])

    def _contributions(self, table: Floats) -> Floats:
        return np.asarray(self.preparation_.transform(table) * self.coefficients_)
