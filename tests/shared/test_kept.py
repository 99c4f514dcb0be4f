"""What is kept by a mark."""

from itertools import count

from shared.kept import Kept


def test_a_value_is_made_once_for_a_mark_and_again_for_another() -> None:
    kept, made = Kept[int](), count(1)
    assert [kept.by(mark, lambda: next(made)) for mark in ("a", "a", "b", "b", None, None, "a")] == [
        1,
        1,
        2,
        2,
        3,
        3,
        4,
    ]
    assert kept.latest == 4
    assert Kept[int]().latest is None
