import numpy as np
import pytest

from services.scoring.dimensions import rules
from services.scoring.dimensions.rules import Dimension
from services.scoring.dimensions.schemas import Cuts, DimensionsScheme
from services.scoring.models import rules as models
from services.scoring.scales.rules import UNMEASURED, Freezing, Part
from services.scoring.values import rules as values
from tests.scoring.people import TODAY, buyers, people

pytestmark = pytest.mark.capability("C-13")
NOTHING = dict.fromkeys(("power", "frequency", "potential", "satisfaction", "loyalty", "churn"))


def test_satisfaction_is_the_mean_of_answers_drawn_to_the_usual_one() -> None:
    some = people(3, ratings=[0.0, 4.0, 40.0], rating_weight=[0.0, 4.0, 40.0], rating_sum=[0.0, 4.0, 40.0])
    found = rules.measured(some, values.predicted(some, models.prior()), UNMEASURED)["satisfaction"]
    assert np.isnan(found.value[0])
    assert found.value[1:].tolist() == pytest.approx([(4 * 0.7 + 4) / 8, (4 * 0.7 + 40) / 44])
    assert found.evidence.tolist() == [0, 4, 40]


def test_complaints_lower_satisfaction_and_a_severe_open_one_keeps_it_from_high() -> None:
    some = people(
        3,
        ratings=[50.0] * 3,
        rating_weight=[50.0] * 3,
        rating_sum=[50.0] * 3,
        complaints=[0.0, 1.0, 1.0],
        open_complaints=[0.0, 1.0, 1.0],
        severe_open_complaints=[0.0, 0.0, 1.0],
    )
    found = rules.measured(some, values.predicted(some, models.prior()), UNMEASURED)
    assert np.diff(found["satisfaction"].value).tolist() == pytest.approx([-0.1, -0.1])
    score = found["satisfaction"].parts["complaints"].score
    assert np.isnan(score[0])  # not to have complained says nothing
    assert score[1:].tolist() == pytest.approx([0.375, 0.25])  # from .5 up raises
    before = {name: np.full(3, "high") for name in NOTHING}
    lenient = DimensionsScheme(satisfaction=Cuts(high=0.5, low=0.2))
    levels = rules.levels(some, found, lenient, before)
    assert levels["satisfaction"].tolist() == ["high", "high", "medium"]


def test_whose_few_answers_are_poor_is_not_content_because_others_are() -> None:
    said = {
        "one bad": (1.0, 0.0, 1.0),
        "one poor": (1.0, 0.25, 1.0),
        "one fair": (1.0, 0.5, 1.0),
        "bad, long ago": (0.45, 0.0, 1.0),
        "bad, then good": (1.8, 1.0, 2.0),
        "silent": (0.0, 0.0, 0.0),
    }
    weight, total, count = (list(column) for column in zip(*said.values(), strict=True))
    some = people(len(said), rating_weight=weight, rating_sum=total, ratings=count)
    found = rules.measured(some, values.predicted(some, models.prior()), UNMEASURED)
    for before in ("", "medium"):
        levels = rules.levels(some, found, DimensionsScheme(), dict.fromkeys(NOTHING, np.full(len(said), before)))
        assert dict(zip(said, levels["satisfaction"].tolist(), strict=True)) == {
            "one bad": "low",
            "one poor": "low",
            "one fair": "medium",
            "bad, long ago": "medium",
            "bad, then good": "medium",
            "silent": "unknown",
        }


def test_nobody_is_sure_to_stay_who_waits_for_the_answer_to_a_complaint() -> None:
    chance, waiting = [0.1, 0.1, 0.5, 0.9, np.nan], [0.0, 1.0, 1.0, 1.0, 1.0]
    some = people(5, open_complaints=waiting, complaints=waiting)
    numbers = {**values.predicted(some, models.prior()), "churn_probability": np.array(chance)}
    found = rules.measured(some, numbers, UNMEASURED)
    levels = rules.levels(some, found, DimensionsScheme(), dict.fromkeys(NOTHING, np.full(5, "")))
    assert levels["churn"].tolist() == ["low", "medium", "medium", "high", "unknown"]
    assert found["churn"].value.tolist()[:4] == chance[:4]  # how likely it is only purchases say
    reason = found["churn"].parts["complaints"].score
    assert (np.isnan(reason[0]), reason[1:].tolist()) == (True, [1.0] * 4)


def test_whoever_bought_once_is_never_frequent_and_not_yet_loyal() -> None:
    some = buyers(500)
    found = rules.measured(some, values.predicted(some, models.prior()), Freezing())
    levels = rules.levels(some, found, DimensionsScheme(), dict.fromkeys(NOTHING, np.full(500, "")))
    once = some["order_days"] == 1
    assert once.any()
    assert "high" not in levels["frequency"][once]
    assert set(levels["loyalty"][once]) == {"unknown"}


def test_loyalty_needs_two_orders_and_ninety_days() -> None:
    some = people(
        3,
        orders=[2.0, 2.0, 1.0],
        order_days=[2.0, 2.0, 1.0],
        first_order_on=[TODAY - 200, TODAY - 80, TODAY - 200],
        last_order_on=[TODAY - 10, TODAY - 10, TODAY - 200],
        active_months_12m=[6.0, 6.0, 1.0],
        net_spend=[100.0] * 3,
    )
    found = rules.measured(some, values.predicted(some, models.prior()), Freezing())["loyalty"]
    assert np.isnan(found.value).tolist() == [False, True, True]


def test_a_dimension_that_is_off_is_unknown_and_a_floor_keeps_power_from_high() -> None:
    some = buyers(500)
    found = rules.measured(some, values.predicted(some, models.prior()), Freezing())
    scheme = DimensionsScheme(frequency=Cuts(on=False), high_order_value=1e9)
    levels = rules.levels(some, found, scheme, dict.fromkeys(NOTHING, np.full(500, "")))
    assert set(levels["frequency"]) == {"unknown"}
    assert set(levels["power"]) == {"medium", "low"}


def test_cuts_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(ValueError, match="low must lie below high"):
        Cuts(high=0.4, low=0.4)


def test_reasons_begin_with_what_moved_the_value_most_and_end_with_what_only_explains() -> None:
    scores = {
        "worth": (0.6, 0.97),
        "room": (0.4, 0.0),
        "intent": (0.0, 0.0),
        "spend": (0.0, 0.2),
        "asked": (1.0, np.nan),
    }
    parts = {code: Part(weight, np.array([score])) for code, (weight, score) in scores.items()}
    found = Dimension(np.array([0.58]), np.array([0.97]), parts, np.array([9.0]))
    assert rules.strongest(found) == ["worth", "room", "intent", "spend"]
