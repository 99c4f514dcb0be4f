import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.estimators.ladder import NO_SCORE, RUNGS, Confidence, Evidence, of_customer, of_merchant

STEPS: tuple[Confidence, ...] = ("none", "low", "medium", "high")
evidence = st.builds(
    Evidence,
    customers=st.integers(0, 5_000),
    cycles=st.floats(0.0, 20.0),
    smaller_class=st.integers(0, 1_000),
    closed_windows=st.integers(0, 6),
    rows=st.integers(0, 50_000),
)


@pytest.mark.capability("C-12")
@pytest.mark.parametrize(
    ("seen", "level", "method", "confidence"),
    [
        (Evidence(0, 0.0), 0, "none", "none"),
        (Evidence(29, 9.0), 1, "prior", "low"),
        (Evidence(5_000, 0.9), 1, "prior", "low"),
        (Evidence(30, 1.0), 2, "map", "medium"),
        (Evidence(299, 9.0), 2, "map", "medium"),
        (Evidence(300, 9.0), 3, "map", "high"),
        (Evidence(1_000, 9.0, smaller_class=199, closed_windows=3, rows=9_000), 3, "map", "high"),
        (Evidence(999, 9.0, smaller_class=200, closed_windows=3, rows=9_000), 3, "map", "high"),
        (Evidence(1_000, 9.0, smaller_class=200, closed_windows=2, rows=9_000), 3, "map", "high"),
        (Evidence(1_000, 9.0, smaller_class=200, closed_windows=3, rows=19_999), 4, "logistic", "high"),
        (Evidence(1_000, 9.0, smaller_class=200, closed_windows=3, rows=20_000), 5, "boosting", "high"),
    ],
)
def test_a_merchant_climbs_as_evidence_comes(seen: Evidence, level: int, method: str, confidence: str) -> None:
    rung = of_merchant(seen)
    assert (rung.level, rung.method, rung.confidence) == (level, method, confidence)
    assert rung.own_thresholds == (level >= 3)


def test_the_rungs_are_numbered() -> None:
    assert [rung.level for rung in RUNGS] == list(range(6))


@given(evidence, st.integers(0, 50), st.booleans())
def test_a_customer_is_never_known_better_than_the_merchant(seen: Evidence, orders: int, sure: bool) -> None:
    merchant = of_merchant(seen)
    customer = of_customer(merchant, orders, model_is_sure=sure)
    assert STEPS.index(customer.confidence) <= STEPS.index(merchant.confidence)
    assert customer.level == (merchant.level if orders else 0)


@pytest.mark.parametrize(("orders", "confidence"), [(0, "none"), (1, "low"), (2, "medium"), (3, "medium"), (4, "high")])
def test_a_customer_is_known_by_his_orders(orders: int, confidence: str) -> None:
    assert of_customer(RUNGS[3], orders).confidence == confidence


def test_a_model_in_doubt_makes_every_score_low() -> None:
    assert of_customer(RUNGS[3], 40, model_is_sure=False).confidence == "low"


def test_without_an_order_there_is_no_score() -> None:
    assert of_customer(RUNGS[5], 0) == NO_SCORE
