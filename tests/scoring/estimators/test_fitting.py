"""When a search for parameters has arrived."""

import numpy as np
import pytest

from services.scoring.estimators.fitting import Prior, maximise
from services.scoring.estimators.histories import Floats

pytestmark = pytest.mark.capability("C-12")
PRIOR = Prior(np.zeros(2), np.ones(2))
BEST = np.array([0.3, -0.7])


class Hill:
    """A likelihood with its top at BEST, its slopes off by a factor."""

    customers = 1.0

    def __init__(self, slopes: float) -> None:
        self._slopes = slopes

    def __call__(self, log_parameters: Floats) -> tuple[float, Floats]:
        """Value and gradient."""
        off = log_parameters - BEST
        return -float(np.cosh(off).sum()), -self._slopes * np.sinh(off)


def test_the_top_is_found() -> None:
    found = maximise(Hill(slopes=1.0), PRIOR, "ml")
    assert found.converged
    assert found.logs == pytest.approx(BEST, abs=1e-6)


def test_a_search_that_ends_on_a_slope_has_not_arrived() -> None:
    assert not maximise(Hill(slopes=-1.0), PRIOR, "ml").converged
