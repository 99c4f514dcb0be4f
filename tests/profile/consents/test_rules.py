"""Which consent decides."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.consents.rules import effective, outranks
from services.profile.consents.schemas import GRANTED, WITHDRAWN, Entry, State

START = datetime(2026, 1, 1, tzinfo=UTC)


def state(value: str, day: int) -> State:
    return State("marketing", "email", value, "checkout", START + timedelta(days=day))


STATES = st.builds(state, st.sampled_from([GRANTED, WITHDRAWN]), st.integers(0, 3))


@given(STATES, STATES)
def test_of_two_different_states_exactly_one_outranks(one: State, other: State) -> None:
    if (one.state, one.effective_at) == (other.state, other.effective_at):
        assert not outranks(one, other)
    else:
        assert outranks(one, other) != outranks(other, one)


@given(st.lists(STATES, max_size=5).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_members_never_matters(pair: tuple[list[State], list[State]]) -> None:
    linked = START + timedelta(days=1)
    assert effective(pair[0], linked) == effective(pair[1], linked)


@given(st.lists(STATES, min_size=1, max_size=5))
def test_without_links_the_latest_decides(states: list[State]) -> None:
    (found,) = effective(states, None)
    assert not any(outranks(one, found) for one in states)


@pytest.mark.capability("C-07")
def test_a_withdrawal_wins_a_conflict_between_merged_customers_until_they_speak_again() -> None:
    withdrawn, granted, again = state(WITHDRAWN, 1), state(GRANTED, 2), state(GRANTED, 5)
    linked = START + timedelta(days=3)
    assert effective([withdrawn, granted], linked) == [withdrawn]
    assert effective([withdrawn, again], linked) == [again]


def test_the_same_words_at_the_same_instant_are_the_same_entry() -> None:
    one = Entry(UUID(int=1), "marketing", "email", GRANTED, "checkout", START)
    assert one.entry_id == Entry(UUID(int=1), "marketing", "email", GRANTED, "checkout", START, "box ticked").entry_id
    assert one.entry_id != Entry(UUID(int=1), "marketing", "sms", GRANTED, "checkout", START).entry_id
