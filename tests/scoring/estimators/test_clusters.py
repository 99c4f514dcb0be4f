import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from services.scoring.estimators.cluster_names import names
from services.scoring.estimators.clusters import CustomerClusters, matched
from services.scoring.estimators.histories import Floats, Ints
from services.scoring.estimators.preparation import Preparation

FIELDS = ("frequency", "order_value", "recency")
# Median frequency, order value and days since the last order of four kinds of customers.
KINDS = np.array([[2.0, 20.0, 200.0], [30.0, 25.0, 8.0], [3.0, 300.0, 60.0], [40.0, 250.0, 30.0]])
TABLES = hnp.arrays(
    np.float64, st.tuples(st.integers(2, 30), st.integers(1, 4)), elements=st.floats(-1e3, 1e6, width=32)
)


def customers(seed: int = 1, each: int = 150, shift: float = 1.0) -> tuple[Floats, Ints]:
    """Customers of the four kinds, and which kind each is."""
    random = np.random.default_rng(seed)
    kind = np.repeat(np.arange(len(KINDS)), each)
    return KINDS[kind] * shift * random.lognormal(0.0, 0.25, (len(kind), len(FIELDS))), kind


@pytest.mark.capability("C-20")
def test_kinds_of_customers_are_found_without_saying_how_many() -> None:
    table, kind = customers()
    model = CustomerClusters().fit(table)
    assert model.n_clusters_ == 4
    assert set(model.silhouettes_) == set(range(3, 9))
    assert len({(one, label) for one, label in zip(kind, model.labels_, strict=True)}) == 4
    assert np.array_equal(model.predict(table), model.labels_)


def test_centres_are_told_in_the_units_of_the_columns() -> None:
    model = CustomerClusters().fit(customers()[0])
    nearest = [np.abs(np.log(KINDS / centre)).sum(axis=1).min() for centre in model.centres()]
    assert max(nearest) < 0.25


@pytest.mark.capability("C-20")
def test_names_say_what_sets_a_cluster_apart() -> None:
    table, kind = customers()
    model = CustomerClusters().fit(table)
    called = dict(zip(model.labels_.tolist(), kind.tolist(), strict=True))
    by_kind = {called[label]: name for label, name in enumerate(names(model, FIELDS))}
    assert by_kind == {0: "rare_silent", 1: "small_basket_recent", 2: "rare_big_basket", 3: "frequent_big_basket"}


@pytest.mark.capability("C-20")
@pytest.mark.parametrize("seed", range(4))
def test_names_stay_when_clusters_are_found_again_on_later_customers(seed: int) -> None:
    before, again = CustomerClusters().fit(customers()[0]), CustomerClusters(random_state=seed)
    called = [f"name_{number}" for number in range(4)]
    table, kind = customers(seed=7 + seed, shift=1.1)
    again.fit(table)
    kept = names(again, FIELDS, previous=(before, called))
    was = before.predict(KINDS)
    assert [kept[again.labels_[np.flatnonzero(kind == one)[0]]] for one in range(4)] == [called[at] for at in was]


def test_a_cluster_that_is_new_gets_a_name_of_its_own() -> None:
    table, _ = customers()
    before = CustomerClusters(n_clusters=2).fit(table[150:450])
    after = CustomerClusters(n_clusters=4).fit(table)
    found = names(after, FIELDS, previous=(before, ["one", "two"]))
    assert len(set(found)) == 4
    assert {"one", "two"} <= set(found)


def test_clusters_are_paired_so_that_the_sum_of_distances_is_smallest() -> None:
    previous = np.array([[0.0], [1.0], [10.0]])
    assert matched(np.array([[9.5], [0.6], [0.4]]), previous) == {0: 2, 1: 1, 2: 0}
    assert matched(np.array([[100.0], [0.0]]), previous) == {1: 0}


def test_equal_customers_are_one_cluster() -> None:
    model = CustomerClusters().fit(np.ones((20, 3)))
    assert (model.n_clusters_, set(model.labels_.tolist())) == (1, {0})
    assert names(model, FIELDS) == ["typical"]


def test_the_same_data_give_the_same_clusters() -> None:
    table, _ = customers()
    one, other = CustomerClusters().fit(table), CustomerClusters().fit(table)
    assert np.array_equal(one.cluster_centers_, other.cluster_centers_)


@pytest.mark.capability("C-20")
def test_stored_clusters_assign_and_are_named_as_before() -> None:
    table, _ = customers()
    model = CustomerClusters().fit(table)
    again = CustomerClusters.from_document(json.loads(json.dumps(model.to_document())))
    assert np.array_equal(again.predict(table), model.labels_)
    assert names(again, FIELDS) == names(model, FIELDS)


def test_skewed_amounts_are_taken_on_a_log_scale_and_others_as_they_are() -> None:
    random = np.random.default_rng(3)
    table = np.column_stack([random.lognormal(3, 1, 500), random.normal(0, 1, 500), random.uniform(0, 1, 500)])
    assert Preparation().fit(table).logged_.tolist() == [True, False, False]


@given(TABLES)
def test_prepared_columns_have_mean_0_and_spread_1_or_are_0(table: Floats) -> None:
    prepared = Preparation().fit_transform(table)
    assert np.allclose(prepared.mean(axis=0), 0.0, atol=1e-6)
    spread = prepared.std(axis=0)
    assert (np.isclose(spread, 1.0, atol=1e-6) | np.isclose(spread, 0.0, atol=1e-6)).all()


@given(TABLES)
def test_preparing_can_be_undone(table: Floats) -> None:
    model = Preparation().fit(table)
    assert np.allclose(model.inverse_transform(model.transform(table)), table, rtol=1e-6, atol=1e-4)
