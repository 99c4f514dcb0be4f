"""What a declared dimension comes to."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.dimensions import rules as dimensions
from services.scoring.dimensions.declared import rules
from services.scoring.dimensions.declared.schemas import Declared
from services.scoring.dimensions.schemas import DimensionsScheme
from services.scoring.evidence.rules import Evidence
from services.scoring.scales.rules import UNMEASURED, Freezing
from tests.scoring.people import people

pytestmark = pytest.mark.capability("C-13")
OFTEN = {"code": "often", "weight": 2, "when": {"field": "orders.count", "op": "at_least", "value": 3}}
CONTENT = {"code": "content", "weight": 1, "when": {"field": "survey.nps", "op": "at_least", "value": 9}}
WORDS = {"zh": "粘性", "en": "Engagement"}


def declared(**more: Any) -> Declared:
    given = {"code": "engagement", "titles": WORDS, "high": 0.6, "low": 0.3, "parts": [OFTEN, CONTENT]}
    return Declared.model_validate(given | more)


def some() -> Evidence:
    nan = float("nan")
    return people(
        5,
        orders=[4.0, 4.0, 1.0, 1.0, 0.0],
        order_days=[4.0, 4.0, 1.0, 1.0, 0.0],
        surveys=[0.0, 1.0, 1.0, 2.0, 0.0],
        latest_nps=[nan, 3.0, 10.0, 5.0, nan],
    )


def test_the_value_is_the_weight_of_what_holds_over_the_weight_of_what_is_known() -> None:
    found = rules.measured([declared()], some(), {}, Freezing())["engagement"]
    assert found.value[:4].tolist() == pytest.approx([1.0, 2 / 3, 1 / 3, 0.0])
    assert np.isnan(found.value[4])
    assert found.evidence.tolist() == [4, 5, 2, 3, 0]
    assert found.percentile[:4].tolist() == pytest.approx([0.875, 0.625, 0.375, 0.125])
    sure = dimensions.confidence(found, np.zeros(5))  # it rests on no prediction
    assert sure.tolist() == pytest.approx([4 / 6, 5 / 7, 2 / 4, 3 / 5, 0.0])


def test_levels_follow_the_value_and_keep_theirs_within_the_margin() -> None:
    one, nobody = declared(), np.full(5, "")
    found = rules.measured([one], some(), {}, UNMEASURED)
    assert np.isnan(found["engagement"].percentile).all()
    fresh = rules.levels([one], found, 0.05, {"engagement": nobody})
    assert fresh["engagement"].tolist() == ["high", "high", "medium", "low", "unknown"]
    kept = rules.levels([declared(high=0.7)], found, 0.05, {"engagement": np.full(5, "high")})
    assert kept["engagement"].tolist()[1] == "high"
    assert set(rules.levels([declared(on=False)], found, 0.05, {})["engagement"]) == {"unknown"}


@given(st.permutations([0, 1, 2, 3, 4]))
def test_the_order_of_customers_never_matters(order: list[int]) -> None:
    all_ = some()
    columns = {name: all_[name][order] for name in ("orders", "order_days", "surveys", "latest_nps")}
    found = rules.measured([declared()], people(5, **columns), {}, UNMEASURED)["engagement"].value
    expected = rules.measured([declared()], all_, {}, UNMEASURED)["engagement"].value[order]
    assert np.array_equal(found, expected, equal_nan=True)


@pytest.mark.parametrize(
    "more",
    [
        {"code": "tier"},
        {"code": "Engagement"},
        {"high": 0.3},
        {"parts": []},
        {"parts": [OFTEN, OFTEN]},
        {"parts": [OFTEN | {"when": {"not": {"not": {"not": {"not": {"not": {"not": OFTEN["when"]}}}}}}}]},
        {"parts": [OFTEN | {"when": {"all": [OFTEN["when"]] * 100}}]},
    ],
)
def test_an_unsound_declaration_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        declared(**more)


def test_no_two_dimensions_have_one_code() -> None:
    with pytest.raises(ValueError, match="no two dimensions"):
        DimensionsScheme(declared=[declared(), declared()])
