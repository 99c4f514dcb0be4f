"""What customers will spend, in two parts: whether they buy at all, times what they spend if they do.

Most spend nothing, which one regression cannot say (Wang, Liu & Miao 2019, A Deep Probabilistic Model for Customer
Lifetime Value Prediction, take the two apart for the same reason).
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import GammaRegressor
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from services.scoring.estimators import documents
from services.scoring.estimators.boosting import SMALLEST, BoostingChallenger
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.logistic import LogisticChallenger
from services.scoring.estimators.preparation import Preparation
from services.scoring.estimators.steps import Staircase, staircases

KIND = "two_part"
RIDGE = 1e-3
STEPS = 1_000


class TwoPartSpend(RegressorMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier of who buys, times a gamma regression (log link) of what buyers spend.

    `boosted`: both parts by additive boosting, else logistic and gamma regression on prepared features. `fields` name
    the columns. After `fit`: `buys_` (None if everybody bought), `base_` log spend and its terms, `range_` of the logs
    seen, beyond which nothing is predicted; None if nobody bought: then nothing is expected.
    """

    def __init__(self, boosted: bool = False, fields: Sequence[str] | None = None) -> None:
        self.boosted = boosted
        self.fields = fields

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from rows of features and what was spent (not negative)."""
        table, spend = validate_data(self, X, y, dtype=np.float64, y_numeric=True)
        if (spend < 0).any():
            raise ValueError("Some spend is negative; it must not be.")
        paid = spend > 0
        learner = BoostingChallenger if self.boosted else LogisticChallenger
        self.buys_ = None if paid.all() or not paid.any() else learner(fields=self.fields).fit(table, paid)
        self.range_ = None
        if paid.any():
            self.range_ = float(np.log(spend[paid].min())), float(np.log(spend[paid].max()))
            self._learn_amounts(table[paid], spend[paid])
        return self

    def predict(self, X: Any) -> Floats:
        """What each row is expected to spend."""
        check_is_fitted(self)
        table = validate_data(self, X, dtype=np.float64, reset=False)
        if self.range_ is None:
            return np.zeros(len(table))
        buys = 1.0 if self.buys_ is None else self.buys_.probability(table)
        return np.asarray(buys * np.exp(np.clip(self.base_ + self._terms(table).sum(axis=1), *self.range_)))

    def terms(self, X: Any) -> Floats:
        """What each feature (column) adds to `base_`; the sum, kept within `range_`, is the log of a buyer's spend."""
        check_is_fitted(self)
        return self._terms(validate_data(self, X, dtype=np.float64, reset=False))

    def to_document(self) -> dict[str, Any]:
        """All that scoring needs, as plain JSON."""
        check_is_fitted(self)
        amounts = {"base": self.base_, "range": list(self.range_)} | self._amounts() if self.range_ else None
        return documents.begun(KIND) | {
            "boosted": self.boosted,
            "columns": self.n_features_in_,
            "buys": self.buys_ and self.buys_.to_document(),
            "amounts": amounts,
        }

    @classmethod
    def from_document(cls, document: Any) -> Self:
        """The model that was stored."""
        documents.require(document, KIND)
        model = cls(boosted=document["boosted"])
        learner = BoostingChallenger if model.boosted else LogisticChallenger
        model.n_features_in_, model.range_ = document["columns"], None
        model.buys_ = document["buys"] and learner.from_document(document["buys"])
        if amounts := document["amounts"]:
            model.base_, model.range_ = amounts["base"], tuple(amounts["range"])
            if model.boosted:
                model.staircases_ = [Staircase.from_document(some) for some in amounts["staircases"]]
            else:
                model.preparation_ = Preparation.from_document(amounts["preparation"])
                model.coefficients_ = np.array(amounts["coefficients"], dtype=np.float64)
        return model

    def _learn_amounts(self, table: Floats, spend: Floats) -> None:
        with threadpool_limits(limits=1):
            if self.boosted:
                found = _boosting(len(table)).fit(table, spend)
                self.staircases_ = staircases(found, table.shape[1])
                self.base_ = float(found._baseline_prediction.item())
            else:
                self.preparation_ = Preparation().fit(table)
                linear = GammaRegressor(alpha=RIDGE, max_iter=STEPS, solver="newton-cholesky")
                linear.fit(self.preparation_.transform(table), spend)
                self.coefficients_, self.base_ = linear.coef_, float(linear.intercept_)

    def _terms(self, table: Floats) -> Floats:
        if self.boosted:
            return np.column_stack([some(column) for some, column in zip(self.staircases_, table.T, strict=True)])
        return np.asarray(self.preparation_.transform(table) * self.coefficients_)

    def _amounts(self) -> dict[str, Any]:
        if self.boosted:
            return {"staircases": [some.to_document() for some in self.staircases_]}
        return {"preparation": self.preparation_.to_document(), "coefficients": self.coefficients_.tolist()}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.positive_only = True
        tags.regressor_tags.poor_score = True  # it predicts means of skewed amounts, not any numbers
        return tags


def _boosting(rows: int) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        loss="gamma",
        learning_rate=0.05,
        max_iter=200,
        max_leaf_nodes=4,
        min_samples_leaf=min(SMALLEST, max(1, rows // 10)),
        interaction_cst="no_interactions",
        early_stopping=False,
        random_state=0,
    )
