"""Merging customers, and taking it back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.links.usecases import get, join, person, undo
from services.profile.privacy import usecases as privacy
from shared import linking
from shared.contracts.profile import CustomerLinked
from shared.db import Database
from shared.errors import Conflict, Gone, GuanxiError, NotFound
from shared.linking import CustomerRef
from tests.profile.conftest import NewCustomer, claim, owners

People = list[UUID]


@pytest.fixture
def people(customer: NewCustomer) -> People:
    """Five customers."""
    return [customer(("external", f"u-{number}")) for number in range(5)]


@pytest.mark.capability("C-04")
def test_a_merge_points_the_absorbed_to_the_survivor_and_tells_each(
    profile: Session, now: datetime, people: People, published: Any
) -> None:
    survivor, first, second, *_ = people
    merge_id = join(profile, survivor, [first, second], now)
    assert linking.canonical(profile, people[:3]) == dict.fromkeys(people[:3], survivor)
    events = published(profile, CustomerLinked)
    assert [(event.customer_id, event.canonical_id, event.version) for event in events] == [
        (first, survivor, 1),
        (second, survivor, 1),
    ]
    assert all(event.member_ids == sorted(people[:3]) and event.merge_id == merge_id for event in events)
    assert person(profile, second).canonical_id == survivor
    assert sorted(get(profile, merge_id)["absorbed_ids"]) == sorted([first, second])


def test_members_form_a_star_never_a_chain(profile: Session, now: datetime, people: People, published: Any) -> None:
    a, b, c, *_ = people
    join(profile, a, [b], now)
    join(profile, c, [a], now)
    assert linking.canonical(profile, [a, b, c]) == dict.fromkeys([a, b, c], c)
    last = [(event.customer_id, event.canonical_id, event.version) for event in published(profile, CustomerLinked)[1:]]
    assert sorted(last) == sorted([(a, c, 1), (b, c, 2)])


@pytest.mark.capability("C-04")
def test_undoing_an_early_merge_leaves_the_later_one(
    profile: Session, now: datetime, people: People, published: Any
) -> None:
    a, b, c, *_ = people
    early = join(profile, a, [b], now)
    join(profile, c, [a], now)
    undo(profile, early, now)
    assert linking.canonical(profile, [a, b, c]) == {a: c, b: b, c: c}
    event = published(profile, CustomerLinked)[-1]
    assert (event.customer_id, event.canonical_id, event.cause, event.version) == (b, b, "undo", 3)
    assert event.member_ids == [b]


def test_undoing_twice_is_refused(profile: Session, now: datetime, people: People) -> None:
    merge_id = join(profile, people[0], [people[1]], now)
    undo(profile, merge_id, now)
    with pytest.raises(Conflict) as refused:
        undo(profile, merge_id, now)
    assert refused.value.code == "invalid_transition"
    assert get(profile, merge_id)["status"] == "undone"


def test_an_absorbed_customer_can_neither_absorb_nor_be_absorbed(
    profile: Session, now: datetime, people: People
) -> None:
    a, b, c, *_ = people
    join(profile, a, [b], now)
    for survivor, absorbed in ((b, c), (c, b)):
        with pytest.raises(Conflict) as refused:
            join(profile, survivor, [absorbed], now)
        assert refused.value.code == "merge_conflict"


def test_strangers_cannot_be_merged(profile: Session, now: datetime, people: People) -> None:
    visitor = owners(profile, [claim(("anonymous", "a-1"), known=False, at=now)], now)[0]
    for stranger in (uuid4(), visitor):
        with pytest.raises(NotFound):
            join(profile, people[0], [stranger], now)


def test_a_visitor_goes_where_their_customer_goes_and_comes_back(
    profile: Session, now: datetime, people: People
) -> None:
    a, b, *_ = people
    visitor = owners(profile, [claim(("anonymous", "a-1"), known=False, at=now)], now)[0]
    owners(profile, [claim(("anonymous", "a-1"), ("external", "u-1"), at=now)], now)
    merge_id = join(profile, a, [b], now)
    assert linking.canonical(profile, [visitor]) == {visitor: a}
    undo(profile, merge_id, now)
    assert linking.canonical(profile, [visitor]) == {visitor: b}


def test_what_staff_separated_is_not_linked_again_by_itself(profile: Session, now: datetime, published: Any) -> None:
    visitor = owners(profile, [claim(("anonymous", "a-1"), known=False, at=now)], now)[0]
    both = claim(("anonymous", "a-1"), ("phone", "+8613800138000"), at=now)
    owners(profile, [both], now)
    undo(profile, published(profile, CustomerLinked)[0].merge_id, now)
    owners(profile, [both], now)
    assert linking.canonical(profile, [visitor]) == {visitor: visitor}


STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4)), max_size=14)


@settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(steps=STEPS, random=st.randoms(use_true_random=False))
def test_merges_and_undos_end_like_the_merges_that_remain_and_consumers_agree(
    profile: Session, now: datetime, published: Any, steps: list[tuple[bool, int, int]], random: Any
) -> None:
    with profile.begin_nested() as savepoint:
        people = [owners(profile, [claim(("external", f"p-{at}"), at=now)], now)[0] for at in range(5)]
        standing: dict[UUID, tuple[UUID, UUID]] = {}
        for is_merge, one, other in steps:
            if is_merge and one != other:
                survivor, absorbed = people[one], people[other]
                try:
                    standing[join(profile, survivor, [absorbed], now)] = (survivor, absorbed)
                except GuanxiError as refusal:
                    assert refusal.code == "merge_conflict"
            elif not is_merge and standing:
                merge_id = sorted(standing)[one % len(standing)]
                undo(profile, merge_id, now)
                del standing[merge_id]
        expected = _merges_applied_first(people, list(standing.values()))
        assert linking.canonical(profile, people) == expected
        assert _told(published(profile, CustomerLinked), random, people) == expected
        savepoint.rollback()


def _merges_applied_first(people: People, merges: list[tuple[UUID, UUID]]) -> dict[UUID, UUID]:
    """What a plain reading of the remaining merges says, in whatever order."""
    found = {one: one for one in people} | {absorbed: survivor for survivor, absorbed in merges}
    for _ in people:
        found = {one: found[to] for one, to in found.items()}
    return found


def _told(events: list[CustomerLinked], random: Any, people: People) -> dict[UUID, UUID]:
    """What a consumer believes that hears everything twice and in any order."""
    heard = events * 2
    random.shuffle(heard)
    newest: dict[UUID, CustomerLinked] = {}
    for event in heard:
        if event.customer_id not in newest or event.version > newest[event.customer_id].version:
            newest[event.customer_id] = event
    return {one: newest[one].canonical_id if one in newest else one for one in people}


def test_of_two_merges_that_cross_one_waits_and_then_sees_the_other(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database, refused = database_of("profile"), []
    with database.transaction() as session:
        a, b, c = (owners(session, [claim(("external", name), at=now)], now)[0] for name in "abc")

    def absorb_c_by_b() -> None:
        with database.transaction() as late:
            try:
                join(late, b, [c], now + timedelta(seconds=1))
            except Conflict as refusal:
                refused.append(refusal.code)

    with database.transaction() as early:
        join(early, a, [b], now)
        thread = Thread(target=absorb_c_by_b)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert refused == ["merge_conflict"]
    with database.reading() as session:
        links = dict(session.execute(select(CustomerRef.customer_id, CustomerRef.canonical_id)).all())
    assert links == {a: a, b: a, c: c}


def test_merges_that_cross_each_other_all_end(database_of: Callable[[str], Database], now: datetime) -> None:
    database = database_of("profile")
    with database.transaction() as session:
        a, b, c = (owners(session, [claim(("external", name), at=now)], now)[0] for name in "abc")

    def merged(pair: tuple[UUID, UUID]) -> str:
        try:
            with database.transaction() as session:
                join(session, pair[0], [pair[1]], now)
        except Conflict as refusal:
            return refusal.code
        return "merged"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(merged, [(b, c), (c, b), (a, b), (b, a), (c, a), (a, c)] * 8))
    assert set(outcomes) == {"merged", "merge_conflict"}


@pytest.mark.capability("C-09")
def test_who_is_erased_while_somebody_merges_them_is_not_merged(
    database_of: Callable[[str], Database], now: datetime
) -> None:
    database, refused = database_of("profile"), []
    with database.transaction() as session:
        a, b = (owners(session, [claim(("external", name), at=now)], now)[0] for name in "ab")

    def absorb_b() -> None:
        try:
            with database.transaction() as late:
                join(late, a, [b], now)
        except Gone as refusal:
            refused.append(refusal.code)

    with database.transaction() as early:
        privacy.request(early, b, "key", now)
        thread = Thread(target=absorb_b)
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(10)
    assert refused == ["erased"]
    with database.reading() as session:
        assert linking.canonical(session, [a, b]) == {a: a, b: b}
