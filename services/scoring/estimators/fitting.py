"""Finding parameters: maximum likelihood, or maximum a posteriori under weak priors on their logs.

Plain maximum likelihood runs away on small merchants (half of those with 30 customers); a normal prior of width about
one on each log keeps the answer sensible and fades as customers come.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.optimize import OptimizeResult, minimize
from threadpoolctl import threadpool_limits

from services.scoring.estimators.histories import Floats

Estimation = Literal["map", "ml", "prior"]
Loss = Callable[[Floats], tuple[float, Floats]]

REACH = np.log(1e4)  # how far a log may go from the centre of its prior
STEP = 1e-5  # on the logs, for second derivatives from first ones
OPTIONS = {"maxiter": 500, "maxcor": 12, "ftol": 1e-13, "gtol": 1e-8}
FLAT = 1e-6  # slope per customer within the bounds below which a search has arrived


class LogLikelihood(Protocol):
    """A function of the logs of parameters, with its gradient, and of how many customers it speaks."""

    customers: float

    def __call__(self, log_parameters: Floats, /) -> tuple[float, Floats]:
        """Value and gradient."""
        ...


@dataclass(frozen=True, slots=True)
class Prior:
    """Independent normals on the logs of the parameters."""

    centre: Floats
    width: Floats

    def log_density(self, logs: Floats) -> tuple[float, Floats]:
        """Up to a constant, with its gradient."""
        off = (logs - self.centre) / self.width
        return float(-0.5 * off @ off), -off / self.width


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the search ended."""

    logs: Floats
    log_likelihood: float
    converged: bool = True
    at_bound: bool = False


def maximise(
    likelihood: LogLikelihood, prior: Prior, estimation: Estimation, sample: LogLikelihood | None = None
) -> Optimum:
    """The best logs of parameters; with estimation "prior", or nobody to learn from, the centre of the prior.

    A `sample` of many customers is searched first: all of them are then read a few times only.
    """
    if estimation == "prior" or likelihood.customers <= 0:
        return Optimum(prior.centre, likelihood(prior.centre)[0])
    weight = float(estimation == "map")
    loss = _loss(likelihood, prior, weight)
    # More threads bring nothing here, and waiting they burn the cores that others serve on.
    with threadpool_limits(limits=1, user_api="blas"):
        rough = None if sample is None else _loss(sample, prior, weight)
        found = _search(loss, prior, prior.centre) if rough is None else _refine(loss, prior, rough)
    at_bound = bool((np.abs(found.x - prior.centre) > REACH - 1e-6).any())
    log_likelihood = -found.fun * likelihood.customers - weight * prior.log_density(found.x)[0]
    return Optimum(found.x, float(log_likelihood), bool(found.success), at_bound)


def _loss(likelihood: LogLikelihood, prior: Prior, weight: float) -> Loss:
    """Per customer, so that tolerances mean the same for few and many."""

    def loss(logs: Floats) -> tuple[float, Floats]:
        value, slope = likelihood(logs)
        belief, belief_slope = prior.log_density(logs)
        return -(value + weight * belief) / likelihood.customers, -(
            slope + weight * belief_slope
        ) / likelihood.customers

    return loss


def _search(loss: Loss, prior: Prior, start: Floats) -> OptimizeResult:
    return _descend(loss, start, prior.centre - REACH, prior.centre + REACH)


def _descend(loss: Loss, start: Floats, low: Floats, high: Floats) -> OptimizeResult:
    """The lowest point between two corners.

    On some processors rounding hides the last descent from the line search, which then reports a failure: a point from
    which no slope leads away counts as found.
    """
    bounds = np.column_stack([low, high])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=OPTIONS)
    slope = found.x - np.clip(found.x - found.jac, low, high)
    found.success = bool(found.success or np.abs(slope).max() <= FLAT)
    return found


def _refine(loss: Loss, prior: Prior, rough_loss: Loss) -> OptimizeResult:
    """Search a rough loss, then the true one in coordinates in which the rough one is round: a few steps suffice."""
    rough = _search(rough_loss, prior, prior.centre)
    shifts = STEP * np.eye(len(rough.x))
    curvature = np.array([rough_loss(rough.x + shift)[1] - rough_loss(rough.x - shift)[1] for shift in shifts])
    strengths, directions = np.linalg.eigh((curvature + curvature.T) / (4.0 * STEP))
    if strengths[0] <= 1e-9 * strengths[-1] or (np.abs(rough.x - prior.centre) > REACH - 1e-6).any():
        return _search(loss, prior, rough.x)
    axes = directions / np.sqrt(strengths)

    def round_loss(place: Floats) -> tuple[float, Floats]:
        value, slope = loss(rough.x + axes @ place)
        return value, axes.T @ slope

    side = np.ones(len(rough.x))
    found = _descend(round_loss, np.zeros(len(rough.x)), -side, side)
    found.x = rough.x + axes @ found.x
    return found
