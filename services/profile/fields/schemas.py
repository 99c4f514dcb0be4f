"""What a field of the segment language is made of. Each noun names its own fields; segments collects them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol


class Kind(StrEnum):
    """What a value is, and so how it may be compared."""

    CODE = "code"
    LIST = "list"
    NUMBER = "number"
    TIME = "time"
    BOOL = "bool"


OPERATORS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CODE: ("is", "is_any_of", "is_known"),
    Kind.LIST: ("has_any_of", "has_all_of", "is_known"),
    Kind.NUMBER: ("at_least", "at_most", "more_than", "less_than", "between", "is_known"),
    Kind.TIME: ("before", "after", "within_last", "within_next", "is_known"),
    Kind.BOOL: ("is", "is_known"),
}
IN_REGION = "in_region"
DECLARED = (Kind.CODE, Kind.NUMBER, Kind.TIME, Kind.BOOL)  # what an attribute may be declared to be

Bind = Callable[[Any, str], str]  # a value and its SQL type; how the statement names it


@dataclass(frozen=True, slots=True)
class Condition:
    """Something `where` may ask of one fact: `sql` is over its row `f`, or over its line `l` when `of_line`.

    `inside` selects the array of all codes that lie in the `{codes}` asked for, where these make a tree.
    """

    kind: Kind
    sql: str
    of_line: bool = False
    values: tuple[str, ...] = ()
    inside: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One entry of `where`."""

    name: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Window:
    """When facts must have happened: later than `span` before now, or from `since` (included) to `until` (not)."""

    span: timedelta | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One value of a person: a field, over some of their facts. Equal measures are reckoned once.

    `kind` is what the value of a declared attribute is taken for.
    """

    name: str
    window: Window | None = None
    where: tuple[Asked, ...] = ()
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class People:
    """Whose facts are asked for, in SQL: the `customers` c, and a select of `id, member`, all ids that count as each.

    Where facts `f` are joined by `join`, `whose` is the person of each.
    """

    customers: str
    linked: str
    join: str
    whose: str


class Relation(Protocol):
    """Where values come from: a join that has one row for each person."""

    @property
    def name(self) -> str:
        """Unlike that of any other relation."""

    def join(self, wanted: Mapping[int, tuple["Field", Measure]], people: People, bind: Bind) -> str:
        """The join of these numbered measures to the customer `c`."""

    def value(self, wanted: "Field", at: int) -> str:
        """The value of measure `at` in the joined row."""


@dataclass(frozen=True, slots=True)
class Field:
    """One word of the language. `sql` is its value in the relation's row, or its aggregate over facts.

    `empty` is the SQL of the value of somebody without facts; by default it is unknown. `parameter` says that the name
    goes on after its last dot, as `consent.<purpose>` does, and `declared` that the merchant says of what kind it is.
    Facts older than `within` never count. `identifiers`: its values are ids. One that is not `available` has no facts.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    relation: Relation | None = None
    sql: str = ""
    empty: str = ""
    values: tuple[str, ...] = ()
    regional: bool = False
    windowed: bool = False
    parameter: bool = False
    declared: bool = False
    identifiers: bool = False
    within: timedelta | None = None
    conditions: Mapping[str, Condition] = field(default_factory=dict)

    @property
    def available(self) -> bool:
        """Whether there are facts for it."""
        return self.relation is not None

    @property
    def operators(self) -> tuple[str, ...]:
        """What may be asked of it."""
        if self.declared:
            return tuple(dict.fromkeys(op for kind in DECLARED for op in OPERATORS[kind]))
        first, *others = OPERATORS[self.kind]
        return (first, IN_REGION, *others) if self.regional else (first, *others)
