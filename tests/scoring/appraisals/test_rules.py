"""Properties of the whole appraisal, over customers with a plausible past."""

from dataclasses import replace

import numpy as np
import pytest

from services.scoring.appraisals.rules import LEVELS, Appraisal, Rulebook, appraise, nothing_before
from services.scoring.criteria.schemas import CriteriaScheme
from services.scoring.dimensions.schemas import DimensionsScheme
from services.scoring.evidence.rules import Evidence, joined
from services.scoring.lifecycle.schemas import LifecycleScheme
from services.scoring.models import rules as models
from services.scoring.scales.rules import Freezing, Frozen, Scales
from services.scoring.signs.schemas import WarningsScheme
from tests.scoring.people import buyers, horizons, people

pytestmark = pytest.mark.capability("C-13", "C-14", "C-17")


def book(scales: Scales) -> Rulebook:
    return Rulebook(
        1, DimensionsScheme(), CriteriaScheme(), LifecycleScheme(), WarningsScheme(), models.prior(), scales
    )


def fresh(evidence: Evidence, scales: Scales) -> Appraisal:
    return appraise(evidence, book(scales), nothing_before(len(evidence)))


def frozen_by(evidence: Evidence) -> Frozen:
    made = Freezing()
    fresh(evidence, made)
    return Frozen.load(made.content())


def rows(evidence: Evidence, order: list[int]) -> Evidence:
    columns = {name: column[order] for name, column in evidence.columns.items()}
    own = horizons(*evidence.horizons.days[order].tolist())
    return replace(evidence, customer_ids=[evidence.customer_ids[at] for at in order], columns=columns, horizons=own)


def test_equal_customers_get_equal_levels_in_any_order_and_company() -> None:
    everybody = buyers(300)
    scales = frozen_by(everybody)
    together = fresh(everybody, scales)
    order = np.random.default_rng(5).permutation(300)[:40].tolist()
    apart = fresh(rows(everybody, order), scales)
    for name in LEVELS:
        assert apart.levels[name].tolist() == together.levels[name][order].tolist(), name


def test_twins_get_the_same_numbers() -> None:
    everybody = buyers(80)
    twins = joined([everybody, everybody])
    found = fresh(twins, frozen_by(twins))
    for name, numbers in found.numbers.items():
        assert numbers[:80].tolist() == pytest.approx(numbers[80:].tolist(), nan_ok=True), name


def test_money_in_another_currency_moves_nobody() -> None:
    here = buyers(400)
    money = {"net_spend", "average_order_value", "order_value_p90", "spend_12m"}
    there = replace(here, columns={name: col * 7.1 if name in money else col for name, col in here.columns.items()})
    a, b = fresh(here, frozen_by(here)), fresh(there, frozen_by(there))
    for name in LEVELS:
        assert (a.levels[name] == b.levels[name]).all(), name


def test_appraising_again_at_the_same_instant_moves_nobody() -> None:
    everybody = buyers(300)
    scales = frozen_by(everybody)
    first = fresh(everybody, scales)
    again = appraise(everybody, book(scales), first.levels)
    for name in LEVELS:
        assert (again.levels[name] == first.levels[name]).all(), name


def test_about_a_fifth_is_high_and_two_fifths_low_where_percentiles_decide() -> None:
    everybody = buyers(2_000)
    levels = fresh(everybody, frozen_by(everybody)).levels
    for name in ("power", "potential"):
        assert (levels[name] == "high").mean() == pytest.approx(0.2, abs=0.02), name
        assert (levels[name] == "low").mean() == pytest.approx(0.4, abs=0.02), name
    assert (levels["value_class"] == "key").mean() == pytest.approx(0.05, abs=0.01)


def test_who_never_bought_is_unknown_but_has_a_stage() -> None:
    nobody = people(2, intent_30d=[0.0, 3.0])
    found = fresh(nobody, frozen_by(buyers(50)))
    assert {level for name in LEVELS if name != "lifecycle" for level in found.levels[name]} == {"unknown"}
    assert found.levels["lifecycle"].tolist() == ["prospect", "evaluating"]
    assert found.method == ["L0", "L0"]
    assert np.isnan(found.numbers["clv_12m"]).all()
