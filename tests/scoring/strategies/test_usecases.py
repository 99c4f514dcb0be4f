"""Strategies on the real database: edited, resolved, measured."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.scoring.customers.tables import Customer
from services.scoring.facts import usecases as facts
from services.scoring.levels import usecases as levels
from services.scoring.seeding import seed
from services.scoring.segments.tables import SegmentsOf
from services.scoring.strategies import repository, rules, usecases
from services.scoring.strategies.effects import usecases as effects
from services.scoring.strategies.schemas import MOST, NewStrategy, StrategyPatch
from shared import linking
from shared.db import put
from shared.errors import Conflict, Invalid, NotFound, PreconditionFailed
from shared.ids import derived_id
from shared.settings import Settings
from tests.scoring.events import PEOPLE, START, order
from tests.scoring.strategies.test_rules import strategy

WEI, MEI, LI, _ = PEOPLE

pytestmark = pytest.mark.capability("C-15")


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    session = session_of("scoring")
    linking.ensure(session, PEOPLE)
    return session


def hold(session: Session, who: UUID, now: datetime, **held: str) -> None:
    levels.record(session, [who] * len(held), list(held), list(held.values()), version=1, now=now)


def live_in(session: Session, who: UUID, region: str, now: datetime) -> None:
    row = {"customer_id": who, "version": 1, "status": "active", "kind": "person", "registered_at": now}
    others = {"source": "shop", "region": region, "income_band": None, "standing": 0, "followers": 0}
    put(session, Customer, [{**row, **others, "referrer_id": None, "facts": {}}])


def test_a_plan_is_resolved_from_what_the_seeds_say(scoring: Session, now: datetime) -> None:
    hold(scoring, WEI, now, satisfaction="low", value_class="key", tier="gold", lifecycle="active")
    plan = usecases.plan(scoring, WEI, [], "zh", now)
    assert plan["plan"] == "satisfaction-low"
    assert [one["strategy"] for one in plan["strategies"]] == [
        *("satisfaction-low", "value-key", "tier-gold", "stage-active"),
    ]
    assert plan["who"] == {"value": "lead", "strategy": "satisfaction-low"}
    assert "道歉" in plan["strategies"][0]["text"] or "致歉" in plan["strategies"][0]["text"]
    assert usecases.plan(scoring, WEI, [], "en", now)["strategies"][1]["title"] == "Key customer: one to one"


def test_nobody_without_levels_has_a_plan(scoring: Session, now: datetime) -> None:
    plan = usecases.plan(scoring, MEI, [], "en", now)
    assert (plan["plan"], plan["strategies"], plan["who"]) == (None, [], None)


def test_regions_are_known_here_and_segments_are_told(scoring: Session, now: datetime) -> None:
    live_in(scoring, WEI, "310000", now)
    for kind, level in (("region", "310000"), ("segment", "vip-list")):
        body = strategy(f"own-{kind}", 999, applies_to={"kind": kind, "level": level})
        usecases.create(scoring, body, now)
    assert usecases.plan(scoring, WEI, [], "en", now)["plan"] == "own-region"
    found = usecases.plan(scoring, WEI, ["vip-list"], "en", now)["strategies"]
    assert [one["strategy"] for one in found] == ["own-region", "own-segment"]


def test_seeding_again_keeps_what_the_merchant_changed(scoring: Session, now: datetime) -> None:
    rows = {row.code: row for row in repository.in_use(scoring)}
    usecases.edit(scoring, rows["value-key"].strategy_id, StrategyPatch(priority=1), 1, now)
    usecases.archive(scoring, rows["value-low"].strategy_id, now)
    seed(scoring, now, Settings())
    found = {row.code: row for row in repository.in_use(scoring)}
    assert (found["value-key"].priority, found["value-key"].version) == (1, 2)
    assert "value-low" not in found


def test_a_patch_changes_what_it_names(scoring: Session, now: datetime) -> None:
    made = usecases.create(scoring, strategy("own", 5, cadence_days=7, holdout=0.1), now)
    patch = StrategyPatch.model_validate({"titles": {"en": "Better"}, "cadence_days": None})
    changed = usecases.edit(scoring, made.strategy_id, patch, 1, now)
    assert (changed.titles, changed.cadence_days) == ({"zh": "怎么做", "en": "Better"}, None)
    assert (changed.holdout, changed.version) == (0.1, 2)
    with pytest.raises(PreconditionFailed):
        usecases.edit(scoring, made.strategy_id, patch, 1, now)
    with pytest.raises(Invalid) as refusal:
        usecases.edit(scoring, made.strategy_id, StrategyPatch(applies_to={"level": "none"}), 2, now)
    assert [error.field for error in refusal.value.errors] == ["applies_to"]


def test_what_was_taken_out_of_use_is_edited_no_more(scoring: Session, now: datetime) -> None:
    made = usecases.create(scoring, strategy("own"), now)
    usecases.archive(scoring, made.strategy_id, now)
    with pytest.raises(Conflict, match="taken out of use"):
        usecases.edit(scoring, made.strategy_id, StrategyPatch(priority=1), 2, now)


def test_there_are_only_so_many_strategies(scoring: Session, now: datetime) -> None:
    there = repository.count(scoring)
    usecases.ensure(scoring, [strategy(f"own-{number}") for number in range(MOST - there)], now)
    with pytest.raises(Conflict, match="take some out of use") as refusal:
        usecases.create(scoring, strategy("one-too-many"), now)
    assert refusal.value.code == "capacity_full"


def test_a_code_is_used_once(scoring: Session, now: datetime) -> None:
    made = usecases.create(scoring, strategy("own"), now)
    usecases.archive(scoring, made.strategy_id, now)
    assert usecases.get(scoring, made.strategy_id).archived_at == now
    with pytest.raises(Conflict):
        usecases.create(scoring, strategy("own"), now)
    with pytest.raises(NotFound):
        usecases.get(scoring, WEI)


def test_replacing_all_keeps_the_ids_of_codes(scoring: Session, now: datetime) -> None:
    before = {row.code: row for row in repository.in_use(scoring)}
    bodies = [NewStrategy.model_validate(item) for item in usecases.content(scoring)["items"]][:2]
    usecases.replace(scoring, [*bodies, strategy("own")], now)
    after = {row.code: row for row in repository.in_use(scoring)}
    assert set(after) == {bodies[0].code, bodies[1].code, "own"}
    assert after[bodies[0].code].strategy_id == before[bodies[0].code].strategy_id


# --- the effect -----------------------------------------------------------------------------------------------------


def bought(session: Session, people: list[UUID], total: str, day: int, now: datetime) -> None:
    numbers = {one: at for at, one in enumerate(people)}
    orders = [order(one, day * 1000 + at, day=day, total=total) for one, at in numbers.items()]
    facts.record_orders(session, orders, now)


def test_an_effect_compares_who_was_treated_with_who_was_held_out(scoring: Session, now: datetime) -> None:
    start = START + timedelta(days=10)
    made = usecases.create(scoring, strategy("own", holdout=0.3), start)
    people = [derived_id("effect", str(at)) for at in range(60)]
    linking.ensure(scoring, people)
    levels.record(scoring, people, ["power"] * 60, ["high"] * 60, version=1, now=START)
    held = [one for one in people if rules.is_held_out("own", one, 0.3)]
    treated = [one for one in people if one not in held]
    bought(scoring, people, "999", 5, now)  # before it began
    bought(scoring, treated, "30", 20, now)
    bought(scoring, treated[: len(treated) // 2], "10", 21, now)
    bought(scoring, held[: len(held) // 2], "20", 22, now)
    found = effects.effect(scoring, made.strategy_id, now)
    assert found["applied"]["customers"] == len(treated)
    assert found["held_out"]["customers"] == len(held)
    spent = 30 + 10 * (len(treated) // 2) / len(treated)
    kept = 20 * (len(held) // 2) / len(held)
    assert found["applied"]["spend_per_head"] == pytest.approx(spent)
    assert found["spend"].difference == pytest.approx(spent - kept)
    assert found["spend"].low < found["spend"].difference < found["spend"].high
    assert found["orders"].difference > 0


def test_whoever_left_the_level_before_or_came_to_it_later_counts_accordingly(scoring: Session, now: datetime) -> None:
    start = START + timedelta(days=10)
    made = usecases.create(scoring, strategy("own"), start)
    hold(scoring, WEI, START, power="high")
    hold(scoring, WEI, START + timedelta(days=5), power="low")
    hold(scoring, MEI, START + timedelta(days=20), power="high")
    bought(scoring, [WEI, MEI], "10", 15, now)
    bought(scoring, [MEI], "10", 25, now)
    found = effects.effect(scoring, made.strategy_id, now)
    assert (found["applied"]["customers"], found["applied"]["orders_per_head"]) == (1, 1.0)
    assert found["spend"] is None


def test_the_effect_in_a_region_or_a_segment_is_that_on_who_is_in_it(scoring: Session, now: datetime) -> None:
    live_in(scoring, WEI, "310000", START)
    made = usecases.create(scoring, strategy("r", applies_to={"kind": "region", "level": "310000"}), START)
    assert effects.effect(scoring, made.strategy_id, now)["applied"]["customers"] == 1
    code = str(derived_id("segment", "1"))
    other = usecases.create(scoring, strategy("s", applies_to={"kind": "segment", "level": code}), START)
    put(scoring, SegmentsOf, [{"customer_id": one, "version": 1, "members": [code]} for one in (WEI, MEI)])
    bought(scoring, [WEI, MEI], "10", 15, now)
    found = effects.effect(scoring, other.strategy_id, now)
    assert (found["applied"]["customers"], found["applied"]["spend_per_head"]) == (2, 10.0)
