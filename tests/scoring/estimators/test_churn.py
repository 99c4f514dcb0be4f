"""Churn without labels: the chance of no purchase within H, on customers' later purchases that no model saw."""

from datetime import date

import numpy as np
import pytest

from services.scoring.estimators.btyd import BetaGeoNBD
from services.scoring.estimators.held_out import HeldOut, held_out
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.orderlogs import OrderLog, purchases_after, summarise
from tests.scoring.estimators import cdnow, groceries


class Trial:
    """A log, an instant up to which models may learn, and H."""

    def __init__(self, log: OrderLog, cutoff: float, horizon: float) -> None:
        self.known = summarise(log, cutoff)
        counts, _ = purchases_after(log, self.known, cutoff, cutoff + horizon)
        self.silent = counts == 0
        self.horizon = horizon

    def churn(self, *, modified: bool = True) -> Floats:
        return BetaGeoNBD(modified).fit(self.known.history).probability_no_purchase(self.known.history, self.horizon)

    def left(self, *, modified: bool) -> Floats:
        return 1.0 - BetaGeoNBD(modified).fit(self.known.history).probability_alive(self.known.history)

    def bought_within(self, time: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        return np.asarray(self.known.history[:, 2] - self.known.history[:, 1] <= time)


@pytest.fixture(scope="module")
def music() -> Trial:
    return Trial(cdnow.everybody(), cdnow.weeks(date(1998, 3, 31)), horizon=13.0)


@pytest.fixture(scope="module")
def households() -> Trial:
    return Trial(groceries.everything(), groceries.days(date(2017, 12, 3)), horizon=28.0)


def reported(what: str, found: HeldOut) -> HeldOut:
    print(f"{what}: {found}")  # noqa: T201 - the figures of a run are worth reading
    return found


@pytest.mark.capability("C-18")
def test_churn_of_cdnow_is_told_as_well_as_measured_before(music: Trial) -> None:
    found = reported("CDNOW, known to 1998-03-31, H 91 days, all", held_out(music.silent, music.churn()))
    assert found.customers == 23_570
    assert round(found.base_rate, 2) == 0.86
    assert round(found.auc, 4) >= 0.8335 - 1e-9
    assert round(found.brier, 4) <= 0.0897 + 1e-9
    assert found.ece <= 0.02


def test_churn_of_those_who_bought_lately_is_harder(music: Trial) -> None:
    lately = music.bought_within(13.0)
    found = reported("CDNOW, bought in the last 13 weeks", held_out(music.silent[lately], music.churn()[lately]))
    assert round(found.auc, 3) >= 0.722


def test_having_left_is_not_the_churn_score(music: Trial) -> None:
    assert round(held_out(music.silent, music.left(modified=False)).auc, 3) == 0.344  # BG/NBD: worse than chance
    assert round(held_out(music.silent, music.left(modified=True)).auc, 3) == 0.789


@pytest.mark.capability("C-18")
def test_churn_of_complete_journey_is_told_as_well_as_measured_before(households: Trial) -> None:
    found = reported(
        "Complete Journey, known to 2017-12-03 (UTC days), H 28 days, all",
        held_out(households.silent, households.churn()),
    )
    assert found.customers == 2_464
    assert found.auc >= 0.867 - 5e-4
    assert found.brier <= 0.1064


def test_churn_of_households_that_bought_lately_is_told_too(households: Trial) -> None:
    lately = households.bought_within(28.0)
    churn = households.churn()[lately]
    found = reported("Complete Journey, bought in the last 28 days", held_out(households.silent[lately], churn))
    assert found.auc >= 0.83
