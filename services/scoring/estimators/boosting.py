"""The second challenger: gradient boosting that stays a sum over features, and rises or falls as it must."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from services.scoring.estimators import documents
from services.scoring.estimators.additive import AdditiveClassifier
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.steps import Staircase, staircases

KIND = "boosting"
SMALLEST = 100  # customers in a leaf


class BoostingChallenger(AdditiveClassifier):
    """Trees of one feature each, monotone where `directions` says so (1 rising, -1 falling, 0 free).

    What interactions would add is not worth a score that cannot be taken apart. `fields` name the columns.
    After `fit`: `staircases_`, log-odds by value of each feature, mean 0 over the customers learned from; `base_`.
    """

    def __init__(
        self,
        trees: int = 300,
        leaves: int = 3,
        rate: float = 0.05,
        directions: Sequence[int] | None = None,
        fields: Sequence[str] | None = None,
    ) -> None:
        self.trees = trees
        self.leaves = leaves
        self.rate = rate
        self.directions = directions
        self.fields = fields

    def to_document(self) -> dict[str, Any]:
        """All that scoring needs, as plain JSON."""
        return documents.begun(KIND) | {
            "fields": list(self.names()),
            "classes": self.classes_.tolist(),
            "base": self.base_,
            "staircases": [some.to_document() for some in self.staircases_],
        }

    @classmethod
    def from_document(cls, document: Any) -> Self:
        """The model that was stored."""
        documents.require(document, KIND)
        model = cls(fields=tuple(document["fields"]))
        model.classes_, model.base_ = np.array(document["classes"]), document["base"]
        model.staircases_ = [Staircase.from_document(some) for some in document["staircases"]]
        model.n_features_in_ = len(model.staircases_)
        return model

    def _learn(self, table: Floats, outcome: Floats) -> None:
        boosting = HistGradientBoostingClassifier(
            learning_rate=self.rate,
            max_iter=self.trees,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=min(SMALLEST, max(1, len(table) // 10)),
            monotonic_cst=None if self.directions is None else np.asarray(self.directions),
            interaction_cst="no_interactions",
            early_stopping=False,
            random_state=0,
        )
        with threadpool_limits(limits=1):
            boosting.fit(table, outcome)
        found = staircases(boosting, table.shape[1])
        middle = [float(some(column).mean()) for some, column in zip(found, table.T, strict=True)]
        self.staircases_ = [Staircase(one.edges, one.heights - mean) for one, mean in zip(found, middle, strict=True)]
        self.base_ = float(boosting._baseline_prediction.item()) + sum(middle)

    def _contributions(self, table: Floats) -> Floats:
        parts = [some(column) for some, column in zip(self.staircases_, table.T, strict=True)]
        return np.column_stack(parts)
