import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from scipy.special import betainc, betaln, hyp2f1

from services.scoring.estimators.expectation import FAR, NEAR, _by_quadrature, _in_closed_form, expected_count
from services.scoring.estimators.histories import Floats

shapes, ratios = st.floats(0.01, 300.0), st.floats(1e-3, 8.0)
drop_outs, survivals = st.floats(0.01, 500.0), st.floats(0.05, 400.0)


def one(value: float) -> Floats:
    return np.array([value])


def published(shape: Floats, ratio: Floats, a: float, survived: Floats) -> Floats:
    """Fader, Hardie & Lee (2005), equation 10, for somebody who still is a customer."""
    reached = ratio / (1.0 + ratio)
    shrunk = (1.0 + ratio) ** -shape * hyp2f1(shape, survived, a + survived - 1.0, reached)
    return np.asarray((a + survived - 1.0) / (a - 1.0) * (1.0 - shrunk))


@given(shapes, ratios, drop_outs, survivals)
def test_it_equals_the_published_form(shape: float, ratio: float, a: float, survived: float) -> None:
    assume(
        abs(a - 1.0) > 0.05 and abs(a + survived - 1.0) > 0.05
    )  # where the published form divides by next to nothing
    values = one(shape), one(ratio), a, one(survived)
    assert expected_count(*values) == pytest.approx(published(*values), rel=1e-6, abs=1e-9)


@given(shapes, ratios, drop_outs, survivals)
def test_it_is_the_sum_over_purchases_brought_and_tosses_survived(
    shape: float, ratio: float, a: float, survived: float
) -> None:
    more = np.arange(20_000.0)
    brought = betainc(more + 1.0, shape, ratio / (1.0 + ratio))
    stayed = np.exp(betaln(a, survived + more) - betaln(a, survived))
    assert expected_count(one(shape), one(ratio), a, one(survived)) == pytest.approx((brought * stayed).sum(), rel=1e-6)


@given(
    st.floats(-4.0, np.log10(FAR)),
    st.floats(-2.0, 2.0),
    st.floats(-2.0, 2.0),
    st.floats(-2.0, 2.5),
    st.integers(0, 3_000),
)
@example(np.log10(FAR), 0.0, 1.0, 2.0, 1)  # all whole numbers
@example(np.log10(FAR), 0.0, 1.0, 2.0, 1_000)
def test_closed_form_and_quadrature_agree(log_ratio: float, log_r: float, log_a: float, log_b: float, x: int) -> None:
    a, b, r = 10.0**log_a, 10.0**log_b, 10.0**log_r
    assume(abs(a - 1.0) > NEAR and abs(a + b - 1.0) > NEAR)
    values = one(r + x), one(10.0**log_ratio), a, one(b + x)
    assert _in_closed_form(*values) == pytest.approx(_by_quadrature(*values), rel=1e-6)


def test_where_the_published_form_cancels_out_nothing_happens() -> None:
    near = [expected_count(one(2.0), one(0.5), a, one(3.0))[0] for a in (1.0 - 1e-9, 1.0, 1.0 + 1e-9)]
    assert near == pytest.approx([near[1]] * 3, rel=1e-8)


def test_without_drop_out_it_is_the_mean_of_the_purchase_process() -> None:
    shape, ratio = np.array([0.3, 5.0, 800.0]), np.array([40.0, 0.5, 2.0])
    assert expected_count(shape, ratio, 1e-12, np.ones(3)) == pytest.approx(shape * ratio, rel=1e-6)


def test_extremes_are_numbers() -> None:
    shape, ratio = np.array([0.05, 0.3, 400.0, 5000.0]), np.array([1e6, 1e3, 50.0, 3.0])
    expected = expected_count(shape, ratio, 0.8, np.array([2.0, 2.0, 400.0, 5000.0]))
    assert (expected > 0).all()
    assert (expected <= shape * ratio).all()
