"""When a partition is stopped instead of being poured into the dead letters."""

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.runaway import CONSECUTIVE, SHARE, WINDOW, Track

ALLOWED = int(WINDOW * SHARE)


def test_single_bad_events_never_stop_a_partition() -> None:
    track = Track().after([at % 200 == 0 for at in range(100_000)])
    assert not track.is_running_away


def test_too_many_in_a_row_do() -> None:
    assert not Track().after([True] * CONSECUTIVE).is_running_away
    assert Track().after([True] * (CONSECUTIVE + 1)).is_running_away


def test_too_many_among_the_latest_do_even_when_spread() -> None:
    spread = [at % 50 == 0 for at in range(50 * (ALLOWED + 1))]
    assert Track().after(spread).is_running_away
    assert not Track().after(spread).after([False] * WINDOW).is_running_away


@given(st.lists(st.booleans(), max_size=300), st.integers(0, 300))
def test_how_the_events_are_cut_into_batches_does_not_matter(outcomes: list[bool], cut: int) -> None:
    assert Track().after(outcomes[:cut]).after(outcomes[cut:]) == Track().after(outcomes)
