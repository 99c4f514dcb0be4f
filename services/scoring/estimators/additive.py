"""Classifiers whose log-odds are a sum over features, so that every score explains itself exactly."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from services.scoring.estimators.histories import Floats


class AdditiveClassifier(ClassifierMixin, BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn has no types
    """Base of the trained models. After `fit`: `classes_` (two; the second is what is predicted), `base_` log-odds."""

    fields: Sequence[str] | None
    base_: float

    def fit(self, X: Any, y: Any) -> Self:
        """Learn from rows of features and whether it happened."""
        table, outcome = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(outcome)
        self.classes_, place = np.unique(outcome, return_inverse=True)
        if len(self.classes_) != 2:
            raise ValueError(f"Only binary classification is supported; there is {len(self.classes_)} class to learn.")
        self._learn(table, place.astype(np.float64))
        return self

    def contributions(self, X: Any) -> Floats:
        """Log-odds that each feature (column) adds for each row; with `base_` they sum to `decision_function`."""
        check_is_fitted(self)
        return self._contributions(validate_data(self, X, dtype=np.float64, reset=False))

    def decision_function(self, X: Any) -> Floats:
        """Log-odds of each row."""
        return np.asarray(self.contributions(X).sum(axis=1) + self.base_)

    def probability(self, X: Any) -> Floats:
        """The chance of the second class."""
        return np.asarray(expit(self.decision_function(X)))

    def predict_proba(self, X: Any) -> Floats:
        """The chances of both classes, as scikit-learn asks for them."""
        log_odds = self.decision_function(X)
        return np.column_stack([expit(-log_odds), expit(log_odds)])

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The likelier class of each row."""
        likelier = (self.decision_function(X) > 0).astype(np.intp)
        return np.asarray(self.classes_[likelier])

    def names(self) -> tuple[str, ...]:
        """Of the columns."""
        return tuple(self.fields or (f"x{at}" for at in range(self.n_features_in_)))

    @abstractmethod
    def to_document(self) -> dict[str, Any]:
        """All that scoring needs, as plain JSON."""

    @abstractmethod
    def _learn(self, table: Floats, outcome: Floats) -> None:
        """Fit `base_` and what `_contributions` needs; the outcome is 0 or 1."""

    @abstractmethod
    def _contributions(self, table: Floats) -> Floats:
        """Log-odds by row and feature."""

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags
