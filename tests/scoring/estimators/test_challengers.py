"""Trained models on worlds whose truth is known: exact explanations, documents, directions, drivers."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from services.scoring.estimators.additive import AdditiveClassifier
from services.scoring.estimators.boosting import BoostingChallenger
from services.scoring.estimators.drivers import drivers
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.logistic import LogisticChallenger
from services.scoring.estimators.restoring import restored
from services.scoring.estimators.steps import staircases
from services.scoring.estimators.two_part import TwoPartSpend

FIELDS = ("recency", "orders", "noise")
EFFECTS = np.array([1.0, -0.5, 0.0])
ROWS = 4_000
MODELS = [LogisticChallenger(fields=FIELDS), BoostingChallenger(trees=40, fields=FIELDS)]
KINDS = pytest.mark.parametrize("model", MODELS, ids=["logistic", "boosting"])


def world(seed: int = 1) -> tuple[Floats, Any]:
    """Features of mean 0 and spread 1, and an outcome whose log-odds are linear in them."""
    random = np.random.default_rng(seed)
    table = random.normal(size=(ROWS, 3))
    return table, random.random(ROWS) < expit(table @ EFFECTS - 1.0)


@pytest.mark.capability("C-19")
@KINDS
def test_contributions_sum_exactly_to_the_score(model: AdditiveClassifier) -> None:
    table, outcome = world()
    model.fit(table, outcome)
    log_odds = model.base_ + model.contributions(table).sum(axis=1)
    assert np.array_equal(log_odds, model.decision_function(table))
    assert logit(model.probability(table)) == pytest.approx(log_odds, abs=1e-9)
    assert np.abs(model.contributions(table).mean(axis=0)).max() < 1e-9  # over those learned from


@pytest.mark.capability("C-19")
@KINDS
def test_a_restored_model_predicts_identically(model: AdditiveClassifier) -> None:
    table, outcome = world()
    model.fit(table, outcome)
    again = restored(json.loads(json.dumps(model.to_document())))
    assert isinstance(again, type(model))
    assert np.array_equal(again.predict_proba(table), model.predict_proba(table))
    assert np.array_equal(again.predict(table), model.predict(table))
    assert again.names() == FIELDS
    assert again.to_document() == model.to_document()


def test_the_logistic_model_is_that_of_scikit_learn_on_prepared_rows() -> None:
    table, outcome = world()
    model = LogisticChallenger().fit(table, outcome)
    theirs = LogisticRegression().fit(model.preparation_.transform(table), outcome)
    assert model.predict_proba(table) == pytest.approx(theirs.predict_proba(model.preparation_.transform(table)))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 99), st.integers(2, 16), st.booleans())
def test_staircases_are_the_trees_of_scikit_learn(seed: int, leaves: int, ties: bool) -> None:
    table, outcome = world(seed)
    table, outcome = (table[:500].round(1 if ties else 12), outcome[:500])
    theirs = HistGradientBoostingClassifier(
        max_iter=10, max_leaf_nodes=leaves, interaction_cst="no_interactions", early_stopping=False
    ).fit(table, outcome)
    parts = [some(column) for some, column in zip(staircases(theirs, 3), table.T, strict=True)]
    log_odds = np.sum(parts, axis=0) + theirs._baseline_prediction.item()
    assert log_odds == pytest.approx(theirs.decision_function(table), abs=1e-12)


def test_trees_with_interactions_are_refused() -> None:
    table, outcome = world()
    theirs = HistGradientBoostingClassifier(max_iter=3).fit(table, outcome)
    with pytest.raises(ValueError, match="several features"):
        staircases(theirs, 3)


@pytest.mark.capability("C-19")
def test_boosting_never_goes_against_a_known_direction() -> None:
    table, outcome = world()
    model = BoostingChallenger(trees=60, directions=(1, -1, 0)).fit(table, outcome)
    rising, falling, _ = model.staircases_
    assert (np.diff(rising.heights) >= -1e-12).all()
    assert (np.diff(falling.heights) <= 1e-12).all()
    against = BoostingChallenger(trees=60, directions=(-1, 1, 0)).fit(table, outcome)
    assert [len(some.heights) for some in against.staircases_[:2]] == [1, 1]


@pytest.mark.capability("C-19")
def test_drivers_are_the_effects_with_intervals_around_them() -> None:
    table, outcome = world()
    model = LogisticChallenger(fields=FIELDS).fit(table, outcome)
    found = drivers(model, table, outcome, np.arange(ROWS))
    assert [driver.field for driver in found] == list(FIELDS)
    for driver, effect in zip(found, EFFECTS, strict=True):
        assert driver.low < effect < driver.high
        assert driver.low < driver.effect < driver.high
        assert driver.odds == pytest.approx(np.exp(driver.effect))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = [
        driver.low < effect < driver.high
        for seed in range(60)
        for table, outcome in [world(seed)]
        for found in [drivers(LogisticChallenger(fields=FIELDS).fit(table, outcome), table, outcome, np.arange(ROWS))]
        for driver in found
        for effect in [EFFECTS[FIELDS.index(driver.field)] * table[:, FIELDS.index(driver.field)].std()]
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.05)


def test_repeating_every_customer_makes_no_interval_narrower() -> None:
    table, outcome = world()
    once = LogisticChallenger(fields=FIELDS, strength=1e6).fit(table, outcome)
    rows, results, whose = np.tile(table, (4, 1)), np.tile(outcome, 4), np.tile(np.arange(ROWS), 4)
    single = drivers(once, table, outcome, np.arange(ROWS))
    repeated = drivers(once, rows, results, whose)
    for one, other in zip(single, repeated, strict=True):
        assert other.high - other.low == pytest.approx(one.high - one.low, rel=1e-3)


@pytest.mark.capability("C-19")
@pytest.mark.parametrize("boosted", [False, True])
def test_spend_is_the_chance_to_buy_times_what_buyers_spend(boosted: bool) -> None:
    random = np.random.default_rng(1)
    table = random.normal(size=(ROWS, 2))
    mean = expit(table[:, 0]) * np.exp(2.0 + 0.5 * table[:, 1])
    spend = (random.random(ROWS) < expit(table[:, 0])) * np.exp(2.0 + 0.5 * table[:, 1]) * random.gamma(4.0, 0.25, ROWS)
    model = TwoPartSpend(boosted).fit(table, spend)
    assert np.corrcoef(model.predict(table), mean)[0, 1] > 0.93
    assert model.predict(table).sum() == pytest.approx(spend.sum(), rel=0.05)
    again = restored(json.loads(json.dumps(model.to_document())))
    assert np.array_equal(again.predict(table), model.predict(table))


@pytest.mark.parametrize(("spend", "expected"), [([0.0, 0.0, 0.0], 0.0), ([5.0, 5.0, 5.0], 5.0)])
def test_where_nobody_or_everybody_spent_there_is_nothing_to_tell_apart(spend: list[float], expected: float) -> None:
    model = TwoPartSpend().fit([[1.0], [2.0], [3.0]], spend)
    again = restored(json.loads(json.dumps(model.to_document())))
    assert isinstance(again, TwoPartSpend)
    assert again.predict([[2.0]]) == pytest.approx([expected])


@pytest.mark.parametrize(
    "wrong", [{}, [], {"format": "guanxi.model", "version": 2, "kind": "boosting"}, {"kind": "two_part"}]
)
def test_a_document_of_another_kind_or_version_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="version 1"):
        restored(wrong)
