"""The compiler agrees with an oracle in plain Python: on random rules, random customers, and at the edge of windows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from services.profile.segments.compiling.rules import compiled
from services.profile.segments.compiling.schemas import Compiled, Definition
from services.profile.segments.evaluations import repository
from services.profile.segments.evaluations.schemas import Verdict
from tests.profile.segments.oracle import Rule, World, holds, moments
from tests.profile.segments.worlds import LISTS, SHANGHAI, VOCABULARY, leaf_of, rules, store, world_of

pytestmark = pytest.mark.capability("C-06")

PAIRS = [(one, op) for one in VOCABULARY if one.available for op in one.operators]
# Nobody is without these, or nobody without facts has another value.
ALWAYS = {"is_known"}
DRAWS = 10  # questions for each operator of each field
RULE = str(UUID(int=1))
DAY, MICROSECOND = timedelta(days=1), timedelta(microseconds=1)


def written(some: Mapping[str, Rule]) -> Compiled:
    lists = [Definition(name, None) for name in LISTS]
    return compiled((*lists, *(Definition(name, orjson.dumps(rule).decode()) for name, rule in some.items())), SHANGHAI)


def judged(session: Session, some: Compiled, names: Sequence[str], world: World, now: datetime) -> dict[UUID, Verdict]:
    about = {"now": now, "zone": str(SHANGHAI), "others": [], "mark": None}
    return repository.judge(session, some, tuple(names), list(world.canonical), about).verdicts


def named(number: int, again: int) -> str:
    return str(UUID(int=number * DRAWS + again))


def people(world: World) -> list[UUID]:
    return [one for one, root in world.canonical.items() if one == root]


@given(st.data())
@settings(max_examples=40)
def test_random_rules_hold_the_same_customers(profile: Session, now: datetime, data: st.DataObject) -> None:
    world = world_of(Random(data.draw(st.integers(0, 10**6))), now)
    inner = data.draw(rules(now))
    world.rules = {"inner": inner}
    outer = data.draw(rules(now))
    with profile.begin_nested() as attempt:
        store(profile, world, now)
        for rule in (inner, outer):
            found = judged(profile, written({RULE: rule}), [RULE], world, now)
            assert {one for one, verdict in found.items() if verdict.held} == {
                one for one in people(world) if holds(rule, one, world, now)
            }, rule
            for one, verdict in found.items():
                assert_no_change_is_missed(rule, one, verdict.next_at, world, now)
        attempt.rollback()


def assert_no_change_is_missed(rule: Rule, who: UUID, next_at: datetime | None, world: World, now: datetime) -> None:
    """Whatever time alone changes, the customer is looked at no later."""
    assert next_at is None or next_at > now
    present = holds(rule, who, world, now)
    changes = [at for at in moments(rule, who, world) if at > now and holds(rule, who, world, at) != present]
    if changes:
        assert next_at is not None
        assert next_at <= min(changes)


@pytest.fixture
def crowd(profile: Session, now: datetime) -> World:
    """Enough customers that hardly a question is answered alike by all."""
    world = world_of(Random(7), now, people=60)
    store(profile, world, now)
    return world


def test_every_operator_of_every_field_agrees(profile: Session, crowd: World, now: datetime) -> None:
    random, some = Random(14), {}
    for number, (one, op) in enumerate(PAIRS):
        for again in range(DRAWS):
            some[named(number, again)] = leaf_of(random, one, op, now)
    held: dict[str, set[UUID]] = {}
    names = list(some)
    for start in range(0, len(names), 300):
        part = {name: some[name] for name in names[start : start + 300]}
        found = judged(profile, written(part), list(part), crowd, now)
        for name, rule in part.items():
            held[name] = {one for one in people(crowd) if holds(rule, one, crowd, now)}
            assert {one for one, verdict in found.items() if name in verdict.held} == held[name], rule
    one_sided = []
    for number, (one, op) in enumerate(PAIRS):
        yes = sum(len(held[named(number, again)]) for again in range(DRAWS))
        if yes in (0, DRAWS * len(people(crowd))) and op not in ALWAYS:
            one_sided.append((one.field, op))
    assert one_sided == []


def test_the_edge_of_a_window_belongs_to_those_outside(profile: Session, now: datetime) -> None:
    """A fact leaves at exactly `at + n days`; a compiler that kept it one moment longer would be found out."""
    world = world_of(Random(1), now, people=1)
    (who,) = people(world)
    order = {"status": "paid", "test": False, "channel": None, "store_id": None, "source": "shop", "coupon_codes": []}
    order |= {"order_id": who, "customer_id": who, "at": now - 90 * DAY, "net": Decimal(1), "lines": []}
    world.orders = [order]
    store(profile, world, now)
    rule = {"field": "orders.count", "op": "at_least", "value": 1, "window": {"days": 90}}
    right = written({RULE: rule})
    wrong = replace(right, some=right.some.replace("f.placed_at > ", "f.placed_at >= "))
    assert wrong != right
    for moment, inside in ((now - MICROSECOND, True), (now, False)):
        assert holds(rule, who, world, moment) is inside
        found = judged(profile, right, [RULE], world, moment)[who]
        assert (bool(found.held), found.next_at) == (inside, now if inside else None)
    assert judged(profile, wrong, [RULE], world, now)[who].held, "the mutant is told from the rule"
