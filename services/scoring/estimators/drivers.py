"""What drives an outcome: effects of standardised features in a logistic model, with intervals."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, ndtri

from services.scoring.estimators.histories import Floats
from services.scoring.estimators.logistic import LogisticChallenger

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Driver:
    """Log-odds per standard deviation of a feature, and the bounds of its interval; `odds` is e to the effect."""

    field: str
    effect: float
    low: float
    high: float
    odds: float


def drivers(model: LogisticChallenger, X: Any, y: Any, whose: Any, level: float = LEVEL) -> list[Driver]:
    """Wald intervals on the rows learned from, the strongest effect first.

    Robust to clusters: `whose` tells the customer of each row, whose monthly rows resemble each other and so say less
    than as many customers would. Of features that say the same thing each interval is wide: read them together.
    """
    rows = model.preparation_.transform(np.asarray(X, dtype=np.float64))
    design = np.column_stack([rows, np.ones(len(rows))])
    chance = expit(rows @ model.coefficients_ + model.base_)
    outcome = (np.asarray(y) == model.classes_[1]).astype(np.float64)
    errors = _standard_errors(design, chance, outcome, np.asarray(whose), 1.0 / model.strength)
    reach = float(ndtri(0.5 + level / 2.0)) * errors
    found = [
        Driver(field, float(effect), float(effect - width), float(effect + width), float(np.exp(effect)))
        for field, effect, width in zip(model.names(), model.coefficients_, reach, strict=False)
    ]
    return sorted(found, key=lambda driver: -abs(driver.effect))


def _standard_errors(
    design: Floats, chance: Floats, outcome: Floats, whose: npt.NDArray[np.generic], ridge: float
) -> Floats:
    """The sandwich: inverse curvature around the spread of the customers' slopes."""
    penalty = ridge * np.append(np.ones(design.shape[1] - 1), 0.0)
    curvature = (design * (chance * (1.0 - chance))[:, None]).T @ design + np.diag(penalty)
    _, place = np.unique(whose, return_inverse=True)
    slopes = np.zeros((place.max() + 1, design.shape[1]))
    np.add.at(slopes, place, design * (outcome - chance)[:, None])
    inverse = np.linalg.inv(curvature)
    return np.asarray(np.sqrt(np.diag(inverse @ (slopes.T @ slopes) @ inverse)))
