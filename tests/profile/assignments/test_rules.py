"""Who gets a customer."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.profile.assignments.rules import Facts, Staffing, account, decide, matches, to_be_counted
from services.profile.assignments.schemas import ABSENCE, Owner

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
ROLE = "account_manager"
EAST, WEST = UUID(int=1), UUID(int=2)
SOME = UUID(int=99)
PEOPLE = [UUID(int=10 + at) for at in range(4)]
HERE = Facts("330106", "zh-CN", "gold", "key")


@dataclass(frozen=True)
class Person:
    manager_id: UUID
    team_id: UUID = EAST
    capacity: int | None = None
    regions: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    absent_from: datetime | None = None
    absent_until: datetime | None = None


@dataclass(frozen=True)
class Rule:
    rule_id: UUID = SOME
    role: str = ROLE
    regions: list[str] = field(default_factory=list)
    tiers: list[str] = field(default_factory=list)
    value_classes: list[str] = field(default_factory=list)
    segment_ids: list[str] = field(default_factory=list)
    manager_id: UUID | None = None
    team_id: UUID | None = EAST
    method: str = "least_loaded"


def staffing(people: list[Person], rules: list[Rule], **more: Any) -> Staffing:
    known = {one.manager_id: one for one in people}
    return Staffing(NOW, rules, known, {EAST: {EAST, WEST}, WEST: {WEST}}, {}, **more)


def owner(manager_id: UUID, *, pinned: bool = False) -> Owner:
    return Owner(manager_id, EAST, None, pinned)


def gone(person: Person) -> Person:
    return replace(person, absent_from=NOW - timedelta(days=1))


people = st.lists(
    st.builds(
        Person,
        st.sampled_from(PEOPLE),
        st.sampled_from([EAST, WEST]),
        st.none() | st.integers(0, 3),
        st.sampled_from([[], ["330000"], ["310000"]]),
        st.sampled_from([[], ["zh-CN"], ["en"]]),
        st.none() | st.just(NOW - timedelta(days=1)),
    ),
    unique_by=lambda one: one.manager_id,
)
methods = st.sampled_from(["least_loaded", "round_robin"])


@given(people, methods, st.integers(1, 12))
def test_nobody_is_given_to_who_is_away_full_elsewhere_or_speaks_otherwise(
    some: list[Person], method: str, customers: int
) -> None:
    staff = staffing(some, [Rule(method=method)])
    for _ in range(customers):
        found = decide(HERE, ROLE, None, staff)
        assert found is not None
        if found.manager_id is not None:
            chosen = staff.managers[found.manager_id]
            assert staff.is_free(found.manager_id)
            assert chosen.absent_from is None
            assert chosen.regions in ([], ["330000"])
            assert chosen.languages in ([], ["zh-CN"])
            assert found.team_id == chosen.team_id
        account(None, found, staff)


@given(people, methods)
def test_who_was_given_by_the_rules_stays_when_they_are_asked_again(some: list[Person], method: str) -> None:
    staff = staffing(some, [Rule(method=method)])
    first = decide(HERE, ROLE, None, staff)
    account(None, first, staff)
    again = decide(HERE, ROLE, first, staff)
    assert (again and again.manager_id) == (first and first.manager_id)


@given(people, st.sampled_from(PEOPLE))
def test_a_pinned_customer_stays_as_long_as_the_manager_is_in_use(some: list[Person], manager_id: UUID) -> None:
    staff, pinned = staffing(some, [Rule()]), owner(manager_id, pinned=True)
    found = decide(HERE, ROLE, pinned, staff)
    assert (found == pinned) == (manager_id in staff.managers) or found is None


def test_those_who_hold_fewest_come_first_and_those_who_take_turns_take_turns() -> None:
    three = [Person(one) for one in PEOPLE[:3]]
    loaded = staffing(three, [Rule()], loads=Counter({PEOPLE[0]: 2, PEOPLE[1]: 1, PEOPLE[2]: 3}))
    round_robin = staffing(three, [Rule(method="round_robin")])
    for staff, expected in ((loaded, [1, 0, 1, 0, 1]), (round_robin, [0, 1, 2, 0, 1])):
        given_to = []
        for _ in range(5):
            found = decide(HERE, ROLE, None, staff)
            account(None, found, staff)
            assert found is not None
            given_to.append(found.manager_id)
        assert given_to == [PEOPLE[at] for at in expected]


def test_the_customers_of_who_is_away_go_to_others_and_wait_for_the_team_where_there_is_nobody() -> None:
    ill, well = gone(Person(PEOPLE[0])), Person(PEOPLE[1])
    moved = decide(HERE, ROLE, owner(PEOPLE[0]), staffing([ill, well], [Rule()]))
    assert moved is not None
    assert (moved.manager_id, moved.cause) == (PEOPLE[1], ABSENCE)
    waiting = decide(HERE, ROLE, owner(PEOPLE[0]), staffing([ill], [Rule()]))
    assert waiting is not None
    assert (waiting.manager_id, waiting.team_id, waiting.cause) == (None, EAST, ABSENCE)


def test_without_a_rule_nobody_is_taken_from_who_is_there() -> None:
    elsewhere = Rule(regions=["310000"])
    assert decide(HERE, ROLE, owner(PEOPLE[0]), staffing([Person(PEOPLE[0])], [elsewhere])) == owner(PEOPLE[0])
    assert decide(HERE, ROLE, None, staffing([Person(PEOPLE[0])], [elsewhere])) is None


def test_a_condition_holds_for_what_is_known_and_within_a_region() -> None:
    assert matches(Rule(regions=["330000"], tiers=["gold"], value_classes=["key"]), HERE)
    assert not matches(Rule(regions=["310000"]), HERE)
    assert matches(Rule(segment_ids=["tea", "silk"]), replace(HERE, segments={"silk"}))
    assert not matches(Rule(segment_ids=["tea"]), HERE)
    assert not matches(Rule(tiers=["gold"]), replace(HERE, tier=None))
    assert not matches(Rule(regions=["CN"]), replace(HERE, region=None))


def test_the_first_matching_rule_decides() -> None:
    rules = [Rule(manager_id=PEOPLE[1], team_id=None), Rule(manager_id=PEOPLE[0], team_id=None)]
    found = decide(HERE, ROLE, owner(PEOPLE[0]), staffing([Person(one) for one in PEOPLE], rules))
    assert found is not None
    assert found.manager_id == PEOPLE[1]


@given(people, methods, st.sampled_from([None, *PEOPLE]), st.lists(st.integers(0, 4), min_size=4, max_size=4))
def test_nobody_else_has_to_be_counted(some: list[Person], method: str, has: UUID | None, held: list[int]) -> None:
    present = owner(has) if has else None
    loads = Counter(dict(zip(PEOPLE, held, strict=True)))
    counted = to_be_counted(HERE, ROLE, present, staffing(some, [Rule(method=method)]))
    few = staffing(some, [Rule(method=method)], loads=Counter({one: loads[one] for one in counted}))
    everybody = staffing(some, [Rule(method=method)], loads=loads)
    assert decide(HERE, ROLE, present, few) == decide(HERE, ROLE, present, everybody)
    assert present is None or decide(HERE, ROLE, present, everybody) != present or counted == []
