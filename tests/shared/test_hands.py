"""Long work with several hands."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hands import spread

PATIENCE = 20.0  # seconds; nobody waits that long unless something is broken


@given(st.lists(st.integers()), st.integers(1, 4))
def test_what_is_made_of_pieces_comes_in_their_order_however_many_hands(pieces: list[int], hands: int) -> None:
    assert list(spread(lambda piece: piece * 2, pieces, hands)) == [piece * 2 for piece in pieces]


def test_as_many_pieces_as_hands_are_worked_on_at_once() -> None:
    together = threading.Barrier(2)
    met = spread(lambda _: together.wait(PATIENCE), range(6), 2)
    assert sorted(met) == [0, 0, 0, 1, 1, 1]


def test_a_piece_is_asked_for_when_a_hand_is_free() -> None:
    asked: list[int] = []

    def pieces() -> Iterator[int]:
        for piece in range(6):
            asked.append(piece)
            yield piece

    made = spread(lambda piece: piece, pieces(), 2)
    assert next(made) == 0
    assert asked == [0, 1, 2]


def test_what_a_piece_raises_is_raised_after_those_begun_have_ended() -> None:
    failed, ended = threading.Event(), threading.Event()

    def work(piece: str) -> None:
        if piece == "bad":
            failed.set()
            raise ValueError(piece)
        assert failed.wait(PATIENCE)
        ended.set()

    with pytest.raises(ValueError, match="bad"):
        list(spread(work, ["bad", "good"], 2))
    assert ended.is_set()
