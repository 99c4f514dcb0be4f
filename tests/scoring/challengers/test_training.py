"""From the log of orders to challengers in force, on a shop of 1,500 customers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from services.scoring.challengers import repository, usecases
from services.scoring.challengers.rules import KINDS, Challenger
from services.scoring.challengers.spends import rules as spends
from services.scoring.challengers.spends.rules import SpendWindow
from services.scoring.challengers.training import rules
from services.scoring.challengers.training import usecases as training
from services.scoring.estimators.as_of import NAMES, features
from services.scoring.estimators.backtests import BETTER
from services.scoring.estimators.deciles import SpendHeldOut
from services.scoring.evidence import usecases as evidences
from services.scoring.facts.tables import OrderFact
from services.scoring.horizons.rules import Horizons
from services.scoring.horizons.schemas import HorizonsScheme
from services.scoring.models import usecases as models
from services.scoring.models.tables import ModelStatus
from services.scoring.schemes import usecases as schemes
from services.scoring.statistics import repository as statistics
from shared import jobs
from shared.db import put
from shared.errors import Conflict, Invalid
from shared.jobs import Job
from shared.runtime import Runtime
from tests.scoring.challengers.worlds import CUSTOMERS, DAYS, HORIZON, NOW, fact, run
from tests.scoring.people import horizons

pytestmark = pytest.mark.capability("C-19")
ZONE = "Asia/Shanghai"
OF_ALL = Horizons.of(HorizonsScheme(horizon_days=HORIZON), 90.0)
FIRST = 20_458.0  # 2026-01-05, in days since 1970
TODAY = FIRST + DAYS
FIGURES = {"customers", "base_rate", "auc", "pr_auc", "brier", "ece", "lift", "promoted", "brier_gain", "auc_gain"}


def card(runtime: Runtime, kind: str) -> dict[str, Any]:
    with runtime.database.reading() as session:
        return models.latest(session, kind).card


def test_challengers_that_a_backtest_finds_better_are_put_in_force(world: Runtime) -> None:
    with world.database.reading() as session:
        assert {kind for kind in KINDS if models.in_force(session, kind)} == set(KINDS)
    figures = card(world, "churn")["figures"]
    print(f"Shop of {CUSTOMERS}, H {HORIZON} days: {figures}")  # noqa: T201
    assert figures["brier_gain"] >= BETTER
    assert figures["auc_gain"] >= 0.0


@pytest.mark.parametrize("kind", ["churn", "high_value", "high_ticket"])
def test_a_card_tells_all_figures_windows_deciles_target_and_horizon(world: Runtime, kind: str) -> None:
    found = card(world, kind)
    assert set(found["figures"]) == FIGURES
    assert (found["horizon"], found["method"], len(found["deciles"])) == (HORIZON, "L4", 10)
    assert len(found["windows"]) >= 3
    assert (found["threshold"] is None) == (kind == "churn")


def test_the_card_of_spend_compares_gini_bias_and_deciles(world: Runtime) -> None:
    found = card(world, "spend")["figures"]
    assert {"gini", "bias", "decile_error", "gini_gain", "error_gain", "mean", "customers"} <= set(found)


def test_features_of_a_batch_are_those_of_the_whole_log(world: Runtime) -> None:
    with world.database.reading() as session:
        log, day = repository.log(session, ZONE, NOW, 1), TODAY
        everybody = features(log, day, HORIZON)
        challenger = usecases.in_force(session, "churn", HORIZON)
        people = statistics.people_after(session, None, CUSTOMERS)
        assert challenger is not None
        some = usecases.features(session, challenger, people[300:400], world.settings.zone, NOW)
    assert some is not None
    assert some.table.tolist() == [pytest.approx(row, rel=1e-12) for row in everybody.table[300:400].tolist()]


def test_a_batch_is_scored_in_the_order_of_its_ids(world: Runtime) -> None:
    with world.database.reading() as session:
        people = statistics.people_after(session, None, 50)
        evidence = evidences.of(session, people, OF_ALL, world.settings.zone, NOW)
        found = usecases.trained(session, evidence)
        backwards = replace(evidence, customer_ids=people[::-1])
        again = usecases.trained(session, backwards)
    assert found is not None
    assert again is not None
    assert ((found.churn > 0) & (found.churn < 1)).all()
    assert found.churn.tolist() == again.churn[::-1].tolist()


def test_a_fact_that_arrived_later_changes_nothing_known_before(untrained: Runtime) -> None:
    cutoff = FIRST + 150
    late = [fact(90_000 + at, at, 140, 9_999.0, arrived=200) for at in range(200)]
    with untrained.database.transaction() as session:
        before = features(repository.log(session, ZONE, NOW, 1), cutoff, HORIZON)
        put(session, OrderFact, late)
        after = features(repository.log(session, ZONE, NOW, 1), cutoff, HORIZON)
        session.rollback()
    assert np.array_equal(before.table, after.table)


def test_the_outcome_of_every_window_is_over(untrained: Runtime) -> None:
    with untrained.database.reading() as session:
        log = repository.log(session, ZONE, NOW, 1)
    found = list(rules.windows(log, TODAY, HORIZON))
    assert len(found) == 6 <= rules.closed_windows(FIRST, TODAY, HORIZON)
    assert max(one.closes for one in found) == TODAY - 1


def test_what_is_stored_scores_the_same_once_it_is_read_again(world: Runtime) -> None:
    with world.database.reading() as session:
        row = models.in_force(session, "spend")
        assert row is not None
        challenger = Challenger.load(row.content)
        people = statistics.people_after(session, None, 100)
        some = usecases.features(session, challenger, people, world.settings.zone, NOW)
    assert some is not None
    again = Challenger.load(challenger.content())
    assert again.scores(some.table).tolist() == challenger.scores(some.table).tolist()
    assert challenger.scores(some.table[:0]).tolist() == []


def test_before_any_training_nobody_is_scored_by_a_challenger(untrained: Runtime) -> None:
    with untrained.database.reading() as session:
        people = statistics.people_after(session, None, 10)
        evidence = evidences.of(session, people, OF_ALL, untrained.settings.zone, NOW)
        assert usecases.trained(session, evidence) is None


def test_a_customer_with_an_h_of_their_own_is_left_to_the_model_of_purchases(world: Runtime) -> None:
    with world.database.reading() as session:
        people = statistics.people_after(session, None, 3)
        evidence = evidences.of(session, people, OF_ALL, world.settings.zone, NOW)
        mixed = replace(evidence, horizons=horizons(HORIZON, 365.0, HORIZON))
        everybody, found = usecases.trained(session, evidence), usecases.trained(session, mixed)
        apart = usecases.trained(session, replace(evidence, horizons=horizons(7.0, 7.0, 7.0)))
    assert everybody is not None
    assert found is not None
    assert np.isnan(found.churn).tolist() == [False, True, False]
    assert found.churn[[0, 2]].tolist() == everybody.churn[[0, 2]].tolist()
    assert apart is None


def test_another_horizon_silences_a_challenger_trained_for_the_old_one(world: Runtime) -> None:
    with world.database.transaction() as session:
        schemes.publish(session, "dimensions", {"horizon_days": 35}, "test", NOW)
        assert usecases.in_force(session, "churn", models.in_use(session).horizon_days) is None
        session.rollback()


def test_a_promoted_model_falls_back_once_it_is_worse_than_no_training(world: Runtime) -> None:
    with world.database.transaction() as session:
        row = models.in_force(session, "churn")
        assert row is not None
        learned = row.content["model"]
        wrong = row.content | {"model": learned | {"coefficients": [-one for one in learned["coefficients"]]}}
        models.put_in_force(session, "churn", wrong, row.card, NOW)
    told = run(world, training.TRAIN, {"kinds": ["churn"]})["churn"]
    assert (told["fell_back"], told["status"]) == (True, ModelStatus.IN_FORCE)
    assert card(world, "churn")["fell_back"]


def test_a_model_that_learned_from_other_features_scores_nobody_and_falls_back(world: Runtime) -> None:
    with world.database.transaction() as session:
        row = models.in_force(session, "spend")
        assert row is not None
        fewer = {kind: value[:-1] for kind, value in row.content["model"]["amounts"].items() if kind == "staircases"}
        older = row.content["model"] | {"columns": len(NAMES) - 1}
        older["amounts"] = older["amounts"] | fewer
        models.put_in_force(session, "spend", row.content | {"model": older}, row.card, NOW)
        assert usecases.in_force(session, "spend", HORIZON) is None
    told = run(world, training.TRAIN, {"kinds": ["spend"]})["spend"]
    assert (told["fell_back"], told["status"]) == (True, ModelStatus.IN_FORCE)
    with world.database.reading() as session:
        assert usecases.in_force(session, "spend", HORIZON) is not None


def test_falling_back_by_hand_leaves_the_answer_to_what_needs_no_training(world: Runtime) -> None:
    with world.database.transaction() as session:
        models.fall_back(session, "churn")
        assert usecases.in_force(session, "churn", HORIZON) is None
        session.rollback()


def test_without_enough_data_a_training_is_refused_and_says_what_is_missing(
    runtime_of: Callable[..., Runtime],
) -> None:
    scoring = runtime_of("scoring")
    with scoring.database.transaction() as session, pytest.raises(Invalid) as refused:
        training.start(session, scoring, ["churn"], NOW)
    assert refused.value.code == "not_eligible"
    assert "1,000 customers with orders (there are 0)" in refused.value.detail
    assert "monthly windows" in refused.value.detail
    assert training.consider(scoring) == 0


def test_a_training_is_due_when_none_is_newer_than_thirty_days_and_runs_alone(world: Runtime) -> None:
    assert training.consider(replace(world, clock=lambda: NOW + timedelta(days=29))) == 0
    later = replace(world, clock=lambda: NOW + timedelta(days=31))
    assert training.consider(later) == 1
    assert training.consider(later) == 0
    with world.database.transaction() as session, pytest.raises(Conflict):
        training.start(session, later, ["spend"], later.now())
    with world.database.transaction() as session:
        job = session.scalars(select(Job).where(Job.kind == training.TRAIN, Job.status == "queued")).one()
        assert set(job.args["kinds"]) == set(KINDS)
        jobs.cancel(session, job.id, later.now())


def test_spend_is_promoted_for_better_deciles_at_no_lower_gini() -> None:
    without = SpendHeldOut(100, 10.0, 0.8, 0.1, 0.2)
    for told, promoted in (((0.8, 0.198), True), ((0.9, 0.199), False), ((0.79, 0.1), False)):
        challenger = replace(without, gini=told[0], decile_error=told[1])
        assert spends.judged([SpendWindow(0.0, 100, challenger, without)]).promoted == promoted
