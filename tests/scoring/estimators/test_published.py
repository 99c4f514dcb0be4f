"""Published numbers of CDNOW: 2,357 customers, learned to 30 September 1997, 39 weeks held out.

FHL: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2):275-284. FH: Fader &
Hardie (2013), The Gamma-Gamma Model of Monetary Value, note 025. The test suites of CLVTools and the demos of BTYDplus
(Platzer) print further digits. MBG/NBD is the CBG/NBD of Hoppe & Wagner (2007) and of BTYDplus.
"""

from datetime import date
from functools import cache

import numpy as np
import pytest

from services.scoring.estimators.btyd import BetaGeoNBD
from services.scoring.estimators.gamma_gamma import GammaGamma
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.orderlogs import Summary, purchases_after, summarise
from tests.scoring.estimators import cdnow

LEARNED, HELD_OUT = cdnow.weeks(date(1997, 9, 30)), 39.0
BG, MBG = False, True


@cache
def calibration() -> Summary:
    return summarise(cdnow.sample(), LEARNED)


@cache
def actual() -> Floats:
    counts, _ = purchases_after(cdnow.sample(), calibration(), LEARNED, LEARNED + HELD_OUT)
    return counts.astype(np.float64)


@cache
def fitted(modified: bool) -> BetaGeoNBD:
    return BetaGeoNBD(modified, estimation="ml").fit(calibration().history)


@cache
def forecast(modified: bool) -> Floats:
    return fitted(modified).expected_purchases(calibration().history, HELD_OUT)


def rounded(values: tuple[float, ...], digits: int) -> tuple[float, ...]:
    return tuple(round(value, digits) for value in values)


def test_the_sample_is_that_of_the_papers() -> None:
    assert len(calibration().customer) == 2357
    assert (calibration().history[:, 0] > 0).sum() == 946
    assert actual().sum() == 1882
    assert actual()[calibration().history[:, 0] == 0].mean() == pytest.approx(0.24, abs=0.005)


@pytest.mark.capability("C-12")
def test_bg_nbd_has_the_parameters_and_likelihood_of_fhl_and_clvtools() -> None:
    assert rounded(fitted(BG).parameters_, 3) == (0.243, 4.414, 0.793, 2.426)
    assert round(fitted(BG).log_likelihood_, 1) == -9582.4  # FHL, table 2
    assert round(fitted(BG).log_likelihood_, 4) == -9582.4292  # CLVTools to three digits: -9582.429


@pytest.mark.capability("C-12")
def test_mbg_nbd_has_the_parameters_of_btydplus() -> None:
    assert rounded(fitted(MBG).parameters_, 3) == (0.525, 6.183, 0.891, 1.614)
    assert round(fitted(MBG).log_likelihood_, 4) == -9582.1357
    assert fitted(MBG).findings_ == fitted(BG).findings_ == ()


@pytest.mark.capability("C-12")
def test_gamma_gamma_has_the_parameters_and_likelihood_of_fh_and_clvtools() -> None:
    model = GammaGamma(estimation="ml").fit(calibration().spend(repeat_only=True))
    assert model.customers_ == 946
    assert rounded(model.parameters_, 2) == (6.25, 3.74, 15.44)  # FH
    assert rounded(model.parameters_, 4) == (6.2496, 3.7442, 15.4435)
    assert round(model.log_likelihood_, 4) == -4055.9177  # CLVTools
    assert model.findings_ == ()


def test_frequency_and_order_value_are_as_good_as_independent() -> None:
    spend = calibration().spend(repeat_only=True)
    repeated = spend[:, 0] > 0
    assert round(np.corrcoef(spend[repeated, 0], spend[repeated, 1])[0, 1], 2) == 0.11


MEASURED = {
    BG: {"sum": 1653.4, "MAE": 0.7855, "RMSE": 1.608, "MSLE": 0.2343, "correlation": 0.6256, "alive": 0.813},
    MBG: {"sum": 1576.7, "MAE": 0.7648, "RMSE": 1.607, "MSLE": 0.2314, "correlation": 0.6273, "alive": 0.449},
}


@pytest.mark.parametrize("modified", [BG, MBG], ids=["BG/NBD", "MBG/NBD"])
def test_the_39_weeks_that_follow_are_forecast_as_measured(modified: bool) -> None:
    expected, error = forecast(modified), forecast(modified) - actual()
    assert MEASURED[modified] == {
        "sum": round(expected.sum(), 1),
        "MAE": round(np.abs(error).mean(), 4),
        "RMSE": round(np.sqrt((error**2).mean()), 3),
        "MSLE": round(((np.log1p(expected) - np.log1p(actual())) ** 2).mean(), 4),
        "correlation": round(np.corrcoef(expected, actual())[0, 1], 4),
        "alive": round(fitted(modified).probability_alive(calibration().history).mean(), 3),
    }


def test_the_correlation_with_the_holdout_is_that_of_fhl() -> None:
    assert round(np.corrcoef(forecast(BG), actual())[0, 1], 3) == 0.626


@pytest.mark.parametrize(
    ("modified", "missed", "msle"), [(BG, -0.121, 0.234), (MBG, -0.162, 0.231)], ids=["BG/NBD", "MBG/NBD"]
)
def test_the_shortfall_is_that_of_btydplus(modified: bool, missed: float, msle: float) -> None:
    assert round(forecast(modified).sum() / actual().sum() - 1.0, 3) == missed
    assert round(((np.log1p(forecast(modified)) - np.log1p(actual())) ** 2).mean(), 3) == msle


@pytest.mark.parametrize(("modified", "expected"), [(BG, 0.225), (MBG, 0.185)], ids=["BG/NBD", "MBG/NBD"])
def test_customers_without_a_repeat_purchase_are_expected_to_buy_as_published(modified: bool, expected: float) -> None:
    once = calibration().history[:, 0] == 0  # FHL print .23, BTYDplus .19
    assert round(forecast(modified)[once].mean(), 3) == expected


def test_the_worked_customer_of_fhl() -> None:
    customer = [[2, 30.43, 38.86]]
    assert round(fitted(BG).expected_purchases(customer, HELD_OUT)[0], 2) == 1.23
    assert round(fitted(BG).probability_alive(customer)[0], 2) == 0.73


def test_cumulative_repeat_sales_at_week_78_are_missed_by_four_percent() -> None:
    births = LEARNED - calibration().history[:, 2]
    tracked = fitted(BG).expected_purchases_of_newcomer(78.0 - births).sum()  # FHL, figure 4
    sold = summarise(cdnow.sample(), 78.0).history[:, 0].sum()
    assert round(tracked / sold - 1.0, 2) == -0.04
