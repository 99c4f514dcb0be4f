"""How long a silence must be to mean something, customer by customer."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.scoring.horizons.rules import Horizons
from services.scoring.horizons.schemas import HorizonsScheme, Rhythm
from services.scoring.models.rules import prior
from services.scoring.signs import rules as signs
from services.scoring.values import rules as values
from tests.scoring.people import buyers, horizons

pytestmark = pytest.mark.capability("C-18")
SCHEME = HorizonsScheme(category_horizon_days={"tea": 45, "furniture": 365}, rhythm=Rhythm(multiple=2, longest_days=60))
NAN = float("nan")


def told(scheme: HorizonsScheme, measured: float = 91.0) -> list[tuple[float, str]]:
    """H of five customers: a regular, one with few gaps, one of another category, one of none, one without order."""
    order_days, gaps = np.array([9.0, 3.0, 1.0, 1.0, 0.0]), np.array([17.0, 5.0, NAN, NAN, NAN])
    found = Horizons.of(scheme, measured).told(order_days, gaps, ["tea", "tea", "furniture", "books", None])
    return list(zip(found.days.tolist(), found.sources.tolist(), strict=True))


def test_without_a_word_in_the_scheme_everybody_has_the_measured_h() -> None:
    assert told(HorizonsScheme()) == [(91.0, "measured")] * 5
    assert told(HorizonsScheme(horizon_days=30)) == [(30.0, "scheme")] * 5


def test_the_own_rhythm_goes_before_the_category_and_that_before_the_usual() -> None:
    of_all = (91.0, "measured")
    assert told(SCHEME) == [(35.0, "rhythm"), (45.0, "category"), (365.0, "category"), of_all, of_all]


@given(st.floats(1, 5000), st.integers(1, 50))
def test_a_rhythm_is_whole_weeks_within_its_bounds(gap: float, days: int) -> None:
    rhythm = Rhythm(multiple=2, shortest_days=20, longest_days=70, least_gaps=3)
    found = Horizons.of(HorizonsScheme(rhythm=rhythm), 91.0).told(np.array([days]), np.array([gap]), [None])
    (one,), (source,) = found.days.tolist(), found.sources.tolist()
    assert source == ("rhythm" if days > 3 else "measured")
    assert days <= 3 or one in {20.0, 70.0} or (20 <= one <= 70 and one % 7 == 0 and 0 <= one - 2 * gap < 7)


def test_a_horizon_is_within_reason_and_the_bounds_of_a_rhythm_are_in_order() -> None:
    for wrong in ({"category_horizon_days": {"tea": 3}}, {"rhythm": {"shortest_days": 90, "longest_days": 30}}):
        with pytest.raises(ValidationError):
            HorizonsScheme.model_validate(wrong)


def test_each_customer_is_predicted_and_watched_within_their_own_h() -> None:
    everybody, model = buyers(60), prior()
    mixed = replace(everybody, horizons=horizons(*np.resize([30.0, 90.0, 365.0], 60).tolist()))
    found = values.predicted(mixed, model)
    watched = signs.expected_orders(mixed, mixed.buyers, model)
    for at, days in enumerate((30.0, 90.0, 365.0)):
        alike = replace(everybody, horizons=horizons(*[days] * 60))
        alone = values.predicted(alike, model)
        for name in ("churn_probability", "expected_orders_h", "clv_12m"):
            assert found[name][at::3].tolist() == pytest.approx(alone[name][at::3].tolist()), (name, days)
        of_alike = signs.expected_orders(alike, alike.buyers, model)
        assert watched[at::3].tolist() == pytest.approx(of_alike[at::3].tolist(), nan_ok=True)
