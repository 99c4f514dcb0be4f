"""How good probabilities were, once the outcome is known."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from services.scoring.estimators.histories import Floats

BINS, TOP = 10, 0.1


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Scores of a probability on customers whose outcome it did not see.

    `ece` is the mean distance of predicted and actual share in ten bins of equal width, `lift` the share of outcomes
    among the tenth with the highest probability over the base rate.
    """

    customers: int
    base_rate: float
    auc: float
    pr_auc: float
    brier: float
    ece: float
    lift: float


def held_out(outcome: npt.NDArray[np.bool_], probability: Floats) -> HeldOut:
    """Compare; ValueError unless both outcomes occurred."""
    if outcome.all() or not outcome.any():
        raise ValueError("Both outcomes must occur.")
    base, top = float(outcome.mean()), max(1, round(len(outcome) * TOP))
    highest = np.argsort(-probability, kind="stable")[:top]
    return HeldOut(
        customers=len(outcome),
        base_rate=base,
        auc=float(roc_auc_score(outcome, probability)),
        pr_auc=float(average_precision_score(outcome, probability)),
        brier=float(brier_score_loss(outcome, probability)),
        ece=calibration_error(outcome, probability),
        lift=float(outcome[highest].mean()) / base,
    )


def calibration_error(outcome: npt.NDArray[np.bool_], probability: Floats) -> float:
    """Expected calibration error: distance of predicted and actual share per bin, weighted by customers."""
    place = np.minimum((probability * BINS).astype(np.intp), BINS - 1)
    gap = np.bincount(place, probability, BINS) - np.bincount(place, outcome, BINS)
    return float(np.abs(gap).sum() / len(outcome))
