"""Trees and drivers of a target, on customers whose secret is known."""

import numpy as np
import pytest

from services.scoring.estimators.descriptions import Condition
from services.scoring.targets.fields import NOW, THEN, levels, node, words
from services.scoring.targets.rules import Cases, few, require_both, told_by, tree
from shared.errors import Invalid

pytestmark = pytest.mark.capability("C-19")
H = 28.0
COUNT, SPEND, VALUE, LAST = THEN[:4]
NPS = next(field for field in NOW if field.segment == "survey.nps")
POWER = next(field for field in NOW if field.segment == "dimension.power")


def cases(customers: int = 2_000) -> Cases:
    """Of those silent for more than 30 days four in five have it, of the others one in ten."""
    random = np.random.default_rng(1)
    table = np.floor(random.uniform(0, 100, (customers, len(THEN))))
    table[:, 1] = table[:, 0] * 10.0
    chance = np.where(table[:, THEN.index(LAST)] > 30, 0.8, 0.1)
    return Cases("churned", THEN, table, random.random(customers) < chance, H)


def test_leaves_hold_everybody_once_and_their_mean_is_the_base_rate() -> None:
    some = cases()
    leaves = tree(some)
    assert sum(leaf["share"] for leaf in leaves) == pytest.approx(1.0, abs=1e-3)
    assert sum(leaf["share"] * leaf["probability"] for leaf in leaves) == pytest.approx(some.base_rate, abs=1e-3)
    assert [leaf["lift"] for leaf in leaves] == sorted((leaf["lift"] for leaf in leaves), reverse=True)


def test_a_leaf_says_what_the_secret_is_in_words_and_as_a_rule() -> None:
    (likely, *_) = tree(cases(), depth=1)
    assert likely["probability"] == pytest.approx(0.8, abs=0.05)
    assert likely["words"] == {"zh": "最近一单在 31 天以前", "en": "last order 31 days ago or earlier"}
    assert likely["rule"]["all"][1] == {"not": {"field": "orders.last_at", "op": "within_last", "value": {"days": 31}}}


def test_the_strongest_driver_is_the_secret_and_its_interval_leaves_out_zero() -> None:
    _, _, (strongest, *others) = told_by(cases())
    assert strongest["field"] == "orders.last_at"
    assert 0 < strongest["low"] < strongest["effect"] < strongest["high"]
    assert all(one["low"] < 0.3 < strongest["low"] for one in others)


def test_of_fields_that_say_the_same_one_is_told() -> None:
    assert not {0, 1} <= set(few(cases()))


def test_hardly_anybody_with_the_target_is_refused() -> None:
    some = cases(100)
    rare = Cases("churned", THEN, some.table, np.arange(100) < 5, H)
    with pytest.raises(Invalid, match="20 customers with the target") as refused:
        require_both(rare)
    assert refused.value.code == "not_eligible"


def test_a_condition_on_a_level_names_the_levels_it_lets_through() -> None:
    above = Condition("dimension.power", "more_than", 1.5)
    assert levels(above) == ["medium", "high"]
    assert levels(Condition("dimension.power", "at_most", 1.5)) == ["unknown", "low"]
    assert node(POWER, above, H) == {"field": "dimension.power", "op": "is_any_of", "value": ["medium", "high"]}
    assert words(POWER, above, H)[1] == "power is medium or high"


def test_who_never_answered_is_among_those_with_at_most_so_much() -> None:
    assert node(NPS, Condition("survey.nps", "at_most", 6.5), H)["any"][1] == {
        "not": {"field": "survey.nps", "op": "is_known"}
    }
    assert node(NPS, Condition("survey.nps", "more_than", 6.5), H) == {
        "field": "survey.nps",
        "op": "more_than",
        "value": 6.5,
    }


def test_what_happened_lately_is_asked_of_the_horizon() -> None:
    lately = THEN[5]
    assert node(lately, Condition(lately.name, "more_than", 2.0), H) == {
        "field": "orders.count",
        "op": "more_than",
        "value": 2,
        "window": {"days": 28},
    }
