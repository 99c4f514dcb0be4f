"""Clusters among buyers, what they are called, and who is in which."""

import json
from dataclasses import replace

import numpy as np
import pytest

from services.scoring.clusters import rules
from services.scoring.clusters.fields import NAMES, USUAL, table
from services.scoring.clusters.rules import Clustering
from tests.scoring.clusters.shops import shop
from tests.scoring.people import people

pytestmark = pytest.mark.capability("C-20")


def test_kinds_of_buyers_are_found_and_told_apart_with_one_code_each() -> None:
    evidence, kind = shop()
    clustering, card = rules.fitted(table(evidence), USUAL, None, None)
    found = clustering.assigned(evidence)
    assert len({*zip(kind.tolist(), found, strict=False)}) == len(set(found[:-1])) == 3
    assert (card["customers"], card["k"], sum(card["sizes"].values())) == (300, 3, 300)
    assert card["silhouette"] == max(card["silhouettes"].values()) > 0.3
    assert set(card["silhouettes"]) == {str(k) for k in range(3, 9)}


def test_who_never_bought_is_in_no_cluster() -> None:
    evidence, _ = shop()
    clustering, _ = rules.fitted(table(evidence), USUAL, 3, None)
    assert clustering.assigned(evidence)[-1] is None
    assert clustering.assigned(people(2)) == [None, None]
    assert clustering.assigned(people(0)) == []


def test_a_given_number_of_clusters_is_kept_and_judged() -> None:
    evidence, _ = shop()
    _, card = rules.fitted(table(evidence), USUAL, 5, None)
    assert (card["k"], len(card["sizes"]), card["silhouettes"]) == (5, 5, {})
    assert -1 <= card["silhouette"] <= 1


def test_centres_are_in_the_units_of_the_fields() -> None:
    evidence, _ = shop()
    clustering, _ = rules.fitted(table(evidence), USUAL, 3, None)
    by_orders = sorted(clustering.centres(), key=lambda centre: centre["frequency"])
    assert [set(centre) for centre in by_orders] == [set(USUAL)] * 3
    for centre, (_, value, days, _) in zip(by_orders, ((2, 60, 300, 0), (3, 900, 60, 0), (20, 40, 10, 0)), strict=True):
        assert centre["order_value"] == pytest.approx(value, rel=0.15)
        assert centre["recency"] == pytest.approx(days, rel=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_codes_stay_when_clusters_are_found_again_later(seed: int) -> None:
    (before, kind), (later, _) = shop(), shop(seed=9 + seed, shift=1.1)
    first, _ = rules.fitted(table(before), USUAL, None, None)
    called = replace(first, codes=("one", "two", "three"))
    again, _ = rules.fitted(table(later), USUAL, None, called)
    firsts = np.unique(kind, return_index=True)[1]
    assert [again.assigned(later)[at] for at in firsts] == [called.assigned(before)[at] for at in firsts]


def test_clusters_by_other_fields_are_named_afresh() -> None:
    evidence, _ = shop()
    first, _ = rules.fitted(table(evidence), USUAL, 3, None)
    other, _ = rules.fitted(table(evidence), ("frequency", "spend"), 3, replace(first, codes=("one", "two", "three")))
    assert not {"one", "two", "three"} & set(other.codes)


def test_a_stored_clustering_assigns_as_before() -> None:
    evidence, _ = shop()
    clustering, _ = rules.fitted(table(evidence), NAMES, None, None)
    again = Clustering.load(json.loads(json.dumps(clustering.content())))
    assert again.assigned(evidence) == clustering.assigned(evidence)
    assert again.centres() == clustering.centres()


def test_buyers_who_are_all_alike_are_one_cluster() -> None:
    rows = np.ones((60, len(NAMES)))
    clustering, card = rules.fitted(rows, USUAL, None, None)
    assert (clustering.codes, card["silhouette"], card["sizes"]) == (("typical",), None, {"typical": 60})
