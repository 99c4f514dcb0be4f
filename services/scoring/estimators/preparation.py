"""Features of customers made comparable: money and counts on a log scale, everything around 0 with spread 1."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from services.scoring.estimators.histories import Floats

SKEWED = 1.0  # third standardised moment from which a column that is never negative is taken as log(1 + x)


class Preparation(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Log of skewed, never negative columns, then mean 0 and standard deviation 1; constant columns become 0.

    After `fit`: `logged_` (which columns), `mean_` and `scale_` of the columns, logged where they are.
    """

    def __init__(self, skewed: float = SKEWED) -> None:
        self.skewed = skewed

    def fit(self, X: Any, y: None = None) -> Self:
        """Learn which columns are skewed, and their means and spreads."""
        table = validate_data(self, X, dtype=np.float64)
        self.logged_ = (table >= 0).all(axis=0) & (_skewness(table) > self.skewed)
        seen = self._logged(table)
        spread = seen.std(axis=0)
        self.mean_, self.scale_ = seen.mean(axis=0), np.where(spread > _negligible(seen), spread, 1.0)
        return self

    def transform(self, X: Any) -> Floats:
        """Prepare rows; below 0, a logged column counts as 0."""
        check_is_fitted(self)
        table = validate_data(self, X, dtype=np.float64, reset=False)
        return np.asarray((self._logged(table) - self.mean_) / self.scale_)

    def inverse_transform(self, X: Any) -> Floats:
        """Back to the units of the columns."""
        check_is_fitted(self)
        seen = np.asarray(X, dtype=np.float64) * self.scale_ + self.mean_
        return np.where(self.logged_, np.expm1(np.where(self.logged_, seen, 0.0)), seen)

    def to_document(self) -> dict[str, Any]:
        """All that preparing needs, as plain JSON."""
        check_is_fitted(self)
        return {"logged": self.logged_.tolist(), "mean": self.mean_.tolist(), "scale": self.scale_.tolist()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The preparation that was stored."""
        model = cls()
        model.logged_ = np.array(document["logged"], dtype=bool)
        model.mean_, model.scale_ = (np.array(document[name], dtype=np.float64) for name in ("mean", "scale"))
        model.n_features_in_ = len(model.mean_)
        return model

    def _logged(self, table: Floats) -> Floats:
        return np.where(self.logged_, np.log1p(np.maximum(table, 0.0)), table)


def _skewness(table: Floats) -> Floats:
    off = table - table.mean(axis=0)
    spread = off.std(axis=0)
    scaled = np.divide(off, spread, out=np.zeros_like(off), where=spread > _negligible(table))
    return np.asarray((scaled**3).mean(axis=0))


def _negligible(table: Floats) -> Floats:
    """The spread that rounding alone gives."""
    return np.asarray(10.0 * np.finfo(np.float64).eps * np.abs(table).max(axis=0))
