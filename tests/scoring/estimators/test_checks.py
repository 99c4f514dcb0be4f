"""scikit-learn's own checks of estimators.

They fit random numbers of any sign in any number of columns, which our estimators rightly refuse: a row is (count,
time, time) or (count, money). So the checks run on estimators that read any numbers as such rows and are otherwise
ours: parameters, validation, weights, state and predictions.
"""

from typing import Any

import numpy as np
from sklearn.utils.estimator_checks import parametrize_with_checks

from services.scoring.estimators.btyd import BetaGeoNBD
from services.scoring.estimators.gamma_gamma import GammaGamma
from services.scoring.estimators.histories import Floats, Histories, histories


class AnyHistories(BetaGeoNBD):
    """Reads the size of the first number as frequency, of all of them as age."""

    def _histories(self, table: Floats, weight: Floats | None = None) -> Histories:
        frequency, age = np.floor(np.abs(table[:, 0])), np.abs(table).sum(axis=1)
        return histories(np.column_stack([frequency, age * (frequency > 0) / 2.0, age]), weight)


class AnySpend(GammaGamma):
    """Reads the size of the first number as orders, of all of them as their mean value."""

    def _columns(self, table: Floats) -> tuple[Floats, Floats]:
        return np.floor(np.abs(table[:, 0])), np.abs(table).sum(axis=1)


@parametrize_with_checks([AnyHistories(), AnySpend()])  # type: ignore[untyped-decorator]  # scikit-learn has no types
def test_it_is_an_estimator_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)
