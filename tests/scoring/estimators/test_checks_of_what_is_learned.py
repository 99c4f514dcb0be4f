"""scikit-learn's own checks of the estimators that read any numbers."""

from typing import Any

from sklearn.utils.estimator_checks import parametrize_with_checks

from services.scoring.estimators.basket_rules import BasketRules
from services.scoring.estimators.boosting import BoostingChallenger
from services.scoring.estimators.clusters import CustomerClusters
from services.scoring.estimators.logistic import LogisticChallenger
from services.scoring.estimators.preparation import Preparation
from services.scoring.estimators.two_part import TwoPartSpend

ESTIMATORS = [
    BasketRules(),
    Preparation(),
    CustomerClusters(),
    LogisticChallenger(),
    BoostingChallenger(trees=20),
    TwoPartSpend(),
    TwoPartSpend(boosted=True),
]


@parametrize_with_checks(ESTIMATORS)  # type: ignore[untyped-decorator]  # scikit-learn has no types
def test_it_is_an_estimator_of_scikit_learn(estimator: Any, check: Any) -> None:
    check(estimator)
