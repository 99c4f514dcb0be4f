"""Which consent decides."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.profile.consents.rules import decided, effective
from services.profile.consents.schemas import CHANNELS, GRANTED, WITHDRAWN, Entry, State

START = datetime(2026, 1, 1, tzinfo=UTC)


def state(value: str, day: int) -> State:
    return State("marketing", "email", value, "checkout", START + timedelta(days=day))


STATES = st.builds(state, st.sampled_from([GRANTED, WITHDRAWN]), st.integers(0, 3))


@given(st.lists(STATES, max_size=5).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_the_order_of_members_never_matters(pair: tuple[list[State], list[State]]) -> None:
    linked = START + timedelta(days=1)
    assert effective(pair[0], linked) == effective(pair[1], linked)


@given(st.lists(STATES, min_size=1, max_size=5))
def test_without_links_the_latest_decides_and_of_two_at_one_instant_the_withdrawal(states: list[State]) -> None:
    (found,) = effective(states, None)
    latest = [one for one in states if one.effective_at == max(one.effective_at for one in states)]
    assert found in latest
    assert (found.state == WITHDRAWN) == any(one.state == WITHDRAWN for one in latest)


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


CLASSES = {"marketing": "marketing", "newsletter": "marketing", "care": "marketing", "service": "service"}
ENTRIES = st.lists(
    st.builds(
        lambda purpose, channel, value, day: State(purpose, channel, value, "shop", START + timedelta(days=day)),
        st.sampled_from(sorted(CLASSES)),
        st.sampled_from(["any", "email", "sms"]),
        st.sampled_from([GRANTED, WITHDRAWN]),
        st.integers(0, 3),
    ),
    max_size=12,
    unique_by=lambda one: (one.purpose, one.channel),
)


def plainly(entries: list[State], topic: str, channel: str) -> str | None:
    """The page on consents, sentence by sentence."""
    exact = [one for one in entries if one.purpose == topic and one.channel == channel]
    wider = [
        one
        for one in entries
        if one not in exact and one.purpose in (topic, CLASSES[topic]) and one.channel in (channel, "any")
    ]
    if exact:
        for one in wider:
            if one.state == WITHDRAWN and one.effective_at >= exact[0].effective_at:
                return WITHDRAWN
        return exact[0].state
    if not wider:
        return None
    latest = max(one.effective_at for one in wider)
    last = [one.state for one in wider if one.effective_at == latest]
    return WITHDRAWN if WITHDRAWN in last else GRANTED


@pytest.mark.capability("C-07")
@settings(max_examples=150)
@given(ENTRIES)
def test_what_decides_is_what_the_plain_reading_says(entries: list[State]) -> None:
    found = decided(entries, CLASSES, CLASSES)
    expected = {(topic, channel): plainly(entries, topic, channel) for topic in CLASSES for channel in CHANNELS}
    assert {cell: one.state for cell, one in found.items()} == {cell: say for cell, say in expected.items() if say}


def said(purpose: str, channel: str, value: str, day: int) -> State:
    return State(purpose, channel, value, "shop", START + timedelta(days=day))


@pytest.mark.parametrize(
    ("entries", "counts"),
    [
        ([], None),
        ([said("care", "email", GRANTED, 1)], GRANTED),
        ([said("marketing", "any", GRANTED, 1)], GRANTED),
        ([said("care", "email", GRANTED, 1), said("marketing", "any", WITHDRAWN, 2)], WITHDRAWN),
        ([said("care", "email", GRANTED, 1), said("marketing", "any", WITHDRAWN, 1)], WITHDRAWN),
        ([said("care", "email", GRANTED, 2), said("marketing", "any", WITHDRAWN, 1)], GRANTED),
        ([said("care", "email", WITHDRAWN, 1), said("marketing", "any", GRANTED, 2)], WITHDRAWN),
        ([said("care", "any", WITHDRAWN, 1), said("marketing", "email", GRANTED, 2)], GRANTED),
        ([said("care", "any", WITHDRAWN, 2), said("marketing", "email", GRANTED, 2)], WITHDRAWN),
        ([said("offers", "any", GRANTED, 1), said("care", "sms", GRANTED, 1)], None),
    ],
)
def test_the_exact_entry_decides_unless_a_wider_one_withdraws_later(entries: list[State], counts: str | None) -> None:
    found = decided(entries, CLASSES, ["care"]).get(("care", "email"))
    assert (found and found.state) == counts
