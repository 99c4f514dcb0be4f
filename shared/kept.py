"""What is read again and again and seldom changes, kept in the process as long as a mark of what is stored holds."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sqlalchemy import ScalarSelect, Subquery, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

T = TypeVar("T")


class Kept(Generic[T]):
    """One value. What is made by other marks than before is made again."""

    def __init__(self) -> None:
        self._kept: tuple[Any, T] | None = None

    @property
    def latest(self) -> T | None:
        """What was made last, for who learns on the way whether its mark still holds."""
        return None if self._kept is None else self._kept[1]

    def by(self, mark: Any, make: Callable[[], T]) -> T:
        """The value of this mark, made by `make` unless it is kept."""
        kept = self._kept
        if kept is None or kept[0] != mark:
            kept = self._kept = mark, make()
        return kept[1]


def mark_of(rows: Subquery) -> ScalarSelect[Any]:
    """Another text whenever other rows are there; null where there are none."""
    each = cast(rows.table_valued(), Text)
    return select(func.md5(func.string_agg(each, aggregate_order_by(literal_column("''"), each)))).scalar_subquery()
