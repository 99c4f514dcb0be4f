"""Told and true side by side, in ten groups of equal size by what was told."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from services.scoring.estimators.histories import Floats

GROUPS = 10


@dataclass(frozen=True, slots=True)
class Decile:
    """A tenth of the customers: how many, and the mean of what was predicted and of what came."""

    customers: int
    predicted: float
    actual: float


def deciles(actual: Any, predicted: Floats) -> list[Decile]:
    """The tenth with the highest prediction first; of a probability, or of money."""
    order = np.argsort(-predicted, kind="stable")
    groups = [part for part in np.array_split(order, GROUPS) if len(part)]
    truth = np.asarray(actual, dtype=np.float64)
    return [Decile(len(part), float(predicted[part].mean()), float(truth[part].mean())) for part in groups]


@dataclass(frozen=True, slots=True)
class SpendHeldOut:
    """How good predicted amounts were on customers whose amounts they did not see.

    `gini` compares with the best possible order (1), `bias` the total (0), `decile_error` the means of the deciles, as
    a mean absolute share of the actual ones (0), leaving out deciles in which nobody spent.
    """

    customers: int
    mean: float
    gini: float
    bias: float
    decile_error: float


def spend_held_out(actual: Floats, predicted: Floats) -> SpendHeldOut:
    """Compare; ValueError if nobody spent."""
    if not actual.sum() > 0:
        raise ValueError("Somebody must have spent.")
    errors = [abs(some.predicted / some.actual - 1.0) for some in deciles(actual, predicted) if some.actual > 0]
    return SpendHeldOut(
        customers=len(actual),
        mean=float(actual.mean()),
        gini=_gini(actual, predicted) / _gini(actual, actual),
        bias=float(predicted.sum() / actual.sum() - 1.0),
        decile_error=float(np.mean(errors)),
    )


def _gini(actual: Floats, by: Floats) -> float:
    """Area between the concentration curve in order of `by` and the diagonal; ties share what they spent."""
    _, place, size = np.unique(-by, return_inverse=True, return_counts=True)
    spent = np.append(0.0, np.cumsum(np.bincount(place, actual)) / actual.sum())
    people = np.append(0.0, np.cumsum(size) / len(actual))
    return float(np.sum(np.diff(people) * (spent[1:] + spent[:-1]) / 2.0) - 0.5)
