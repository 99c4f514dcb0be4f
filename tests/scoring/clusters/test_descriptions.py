"""Clusters in words and as rules of segments."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scoring.clusters.descriptions import rules
from services.scoring.clusters.fields import FIELDS, NAMES, table
from services.scoring.estimators.catalogue import Bools
from services.scoring.estimators.cluster_names import TYPICAL, USUAL
from services.scoring.evidence.rules import Evidence
from tests.scoring.clusters.shops import shop

pytestmark = pytest.mark.capability("C-20")
FIELDS_OF = {
    "orders.count": "orders",
    "orders.average_order_value": "average_order_value",
    "orders.net_spend": "net_spend",
}
TIMES = {"orders.first_at": "first_order_at", "orders.last_at": "last_order_at"}
OPS = {"at_least": np.greater_equal, "at_most": np.less_equal, "more_than": np.greater}


def selected(node: Mapping[str, Any], evidence: Evidence) -> Bools:
    """Whom a segment with this rule holds: unknown is false, `not` makes false true."""
    for word, join in (("all", np.logical_and), ("any", np.logical_or)):
        if word in node:
            return np.asarray(join.reduce([selected(one, evidence) for one in node[word]]))
    if "not" in node:
        return ~selected(node["not"], evidence)
    field, value = node["field"], node["value"]
    if node["op"] == "within_last":
        return np.asarray(evidence[TIMES[field]] > evidence.instant - value["days"])
    return np.asarray(OPS[node["op"]](evidence.known(FIELDS_OF[field]), value))


@given(st.integers(0, 30))
def test_a_segment_with_the_rule_of_a_leaf_holds_its_share_and_purity(seed: int) -> None:
    evidence, kind = shop(each=60, seed=seed)
    mixed = (kind + np.random.default_rng(seed).integers(0, 2, len(kind))) % 3
    for one in range(3):
        members = mixed == one
        for leaf in rules.leaves(table(evidence), members):
            held = selected(rules.leaf_rule(leaf), evidence)
            assert not held[-1]  # who never bought
            assert held.sum() / len(members) == pytest.approx(leaf["share"])
            assert members[held[:-1]].mean() == pytest.approx(leaf["purity"])


def test_kinds_that_lie_apart_are_told_whole_by_one_rule() -> None:
    evidence, kind = shop()
    for one in range(3):
        members = kind == one
        leaves = rules.leaves(table(evidence), members)
        rule = rules.rule(leaves)
        assert rule is not None
        assert np.array_equal(selected(rule, evidence)[:-1], members)
        assert rules.coverage(leaves, float(members.mean())) == pytest.approx(1.0)


def test_several_leaves_are_one_rule_of_any_of_them() -> None:
    leaves = [
        {"conditions": [{"field": "frequency", "op": "more_than", "value": 5.0}], "share": 0.2, "purity": 0.9},
        {"conditions": [{"field": "recency", "op": "more_than", "value": 29.0}], "share": 0.1, "purity": 0.8},
    ]
    buyers = {"field": "orders.count", "op": "at_least", "value": 1}
    assert rules.rule(leaves) == {
        "any": [
            {"all": [buyers, {"field": "orders.count", "op": "more_than", "value": 5}]},
            {"all": [buyers, {"not": {"field": "orders.last_at", "op": "within_last", "value": {"days": 30}}}]},
        ]
    }
    said = rules.told(leaves, 0.4)
    assert said.en == "40% of all buyers; typically more than 5 orders; or no order for 30 days"
    assert said.zh == "占买家的 40%；多为订单多于 5 笔；或已 30 天未下单"
    assert rules.coverage(leaves, 0.4) == 0.65


def test_a_cluster_in_the_minority_everywhere_is_told_by_where_it_is_most_frequent() -> None:
    rows = np.repeat(np.arange(2.0), 60)[:, None] * np.ones(len(NAMES))
    members = (rows[:, 0] == 1) & (np.arange(len(rows)) % 3 == 0)
    (leaf,) = rules.leaves(rows, members)
    assert (leaf["share"], leaf["purity"]) == (0.5, pytest.approx(1 / 3))


def test_a_cluster_without_anybody_has_no_rule() -> None:
    evidence, kind = shop()
    assert rules.leaves(table(evidence), kind > 9) == []
    assert rules.rule([]) is None
    assert rules.told([], 0.0).en == "0% of all buyers"
    assert rules.coverage([], 0.0) == 0.0


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("frequent_big_basket", "高频、大额单", "Frequent, big basket"),
        ("rare_silent_2", "低频、久未购买 2", "Rare, silent 2"),
        ("typical", "普通", "Typical"),
        ("long_known_single_minded", "老客、专注品类", "Long known, single-minded"),
    ],
)
def test_codes_have_titles_in_both_languages(code: str, zh: str, en: str) -> None:
    found = rules.titles(code)
    assert (found.zh, found.en) == (zh, en)


def test_every_word_of_a_code_and_every_condition_can_be_said() -> None:
    assert set(rules.WORDS) == {word for pair in USUAL.values() for word in pair} | {TYPICAL}
    assert set(USUAL) == set(NAMES)
    segment = {name for name, field in FIELDS.items() if field.segment}
    assert set(rules.PHRASES) == {(name, op) for name in segment for op in ("more_than", "at_most")}
