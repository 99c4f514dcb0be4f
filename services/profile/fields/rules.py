"""How values are compared in SQL, and how many facts come to one value of a person. Pure: it only writes statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.profile.fields.schemas import (
    DECLARED,
    OPERATORS,
    Asked,
    Bind,
    Condition,
    Field,
    Kind,
    Measure,
    People,
    Window,
)
from services.profile.regions.rules import patterns

COMPARISONS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<", "before": "<", "after": ">"}
NOW = "CAST(:now AS timestamptz)"


def kind_asked(op: Any, value: Any) -> Kind:
    """Of what kind a declared attribute is when it is compared so."""
    if op == "is":
        return Kind.BOOL if isinstance(value, bool) else Kind.CODE
    return next((kind for kind in DECLARED if op in OPERATORS[kind]), Kind.CODE)


def holds(kind: Kind, op: str, sql: str, value: Any, bind: Bind) -> str:
    """The verdict on a value: true or false, never null, since unknown is false."""
    return f"coalesce({_compared(kind, op, sql, value, bind)}, false)"


def changes_at(op: str, sql: str, value: Any, bind: Bind) -> str | None:
    """The next instant at which time alone changes the verdict on a point in time; None when it never does."""
    if op not in ("within_last", "within_next"):
        return None
    span = bind(value, "interval")
    if op == "within_last":
        return f"CASE WHEN {sql} > {NOW} THEN {sql} WHEN {sql} + {span} > {NOW} THEN {sql} + {span} END"
    return f"CASE WHEN {sql} - {span} > {NOW} THEN {sql} - {span} WHEN {sql} > {NOW} THEN {sql} END"


def _compared(kind: Kind, op: str, sql: str, value: Any, bind: Bind) -> str:
    if op == "is_known":
        return f"{sql} <> '[]'" if kind is Kind.LIST else f"{sql} IS NOT NULL"
    if kind is Kind.NUMBER:
        return _number(op, sql, value, bind)
    if kind is Kind.TIME:
        return _time(op, sql, value, bind)
    if kind is Kind.BOOL:
        return f"{sql} = {bind(value, 'boolean')}"
    if kind is Kind.LIST:
        asked = "jsonb_exists_all" if op == "has_all_of" else "jsonb_exists_any"
        return f"{asked}({sql}, {bind(list(value), 'text[]')})"
    return _code(op, sql, value, bind)


def _code(op: str, sql: str, value: Any, bind: Bind) -> str:
    if op == "is":
        return f"{sql} = {bind(value, 'text')}"
    if op == "is_any_of":
        return f"{sql} = ANY({bind(list(value), 'text[]')})"
    return f"{sql} LIKE ANY({bind(patterns(value), 'text[]')})"


def _number(op: str, sql: str, value: Any, bind: Bind) -> str:
    if op == "between":
        low, high = value
        return f"{sql} BETWEEN {bind(low, 'numeric')} AND {bind(high, 'numeric')}"
    return f"{sql} {COMPARISONS[op]} {bind(value, 'numeric')}"


def _time(op: str, sql: str, value: Any, bind: Bind) -> str:
    if op == "within_last":
        return f"{sql} > {NOW} - {bind(value, 'interval')} AND {sql} <= {NOW}"
    if op == "within_next":
        return f"{sql} > {NOW} AND {sql} <= {NOW} + {bind(value, 'interval')}"
    return f"{sql} {COMPARISONS[op]} {bind(value, 'timestamptz')}"


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """A table with at most one row for each canonical customer; a field's `sql` is an expression over it."""

    name: str
    sql: str = ""

    def join(self, wanted: Mapping[int, tuple[Field, Measure]], people: People, bind: Bind) -> str:
        """The same join whatever is wanted."""
        return self.sql

    def value(self, wanted: Field, at: int) -> str:
        """The expression itself."""
        return wanted.sql


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """Many facts of a person: the table with the alias `f`, which of its rows count, and when each happened.

    A field's `sql` is an aggregate with the places `{when}`, `{at}` and the names of `sums`. Under a condition on lines
    a fact is there while a line of it matches, and sums are of those lines alone. `sums` has an SQL of the fact (None
    when only its lines know) and one of the line.
    """

    name: str
    table: str
    counts: str
    at: str
    lines: str = ""
    line_counts: str = "true"
    sums: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)

    def join(self, wanted: Mapping[int, tuple[Field, Measure]], people: People, bind: Bind) -> str:
        """One row for each person with facts, with the values `v…` and the earliest fact of rolling windows, `u…`."""
        columns: list[str] = []
        of_lines: dict[str, str] = {}
        for number, (one, measure) in wanted.items():
            columns += self._columns(number, one, measure, of_lines, bind)
        reckoned = ", ".join(f"{sql} AS {name}" for sql, name in of_lines.items())
        lateral = f" CROSS JOIN LATERAL (SELECT {reckoned} FROM {self.lines}) k" if reckoned else ""
        bound = self._earliest([measure.window for _, measure in wanted.values()], bind)
        return (
            f"LEFT JOIN (SELECT {people.whose} AS id, {', '.join(columns)} FROM {self.table} {people.join}{lateral} "
            f"WHERE {self.counts}{bound} GROUP BY {people.whose}) {self.name} "
            f"ON {self.name}.id = c.customer_id"
        )

    def value(self, wanted: Field, at: int) -> str:
        """The aggregate, or what it is without any fact."""
        return f"coalesce({self.name}.v{at}, {wanted.empty})" if wanted.empty else f"{self.name}.v{at}"

    def _columns(
        self, number: int, one: Field, measure: Measure, of_lines: dict[str, str], bind: Bind
    ) -> Iterable[str]:
        """The columns of one measure; `of_lines` gathers what is reckoned of the lines of each fact, by its SQL."""
        asked_of_lines = [asked for asked in measure.where if one.conditions[asked.name].of_line]
        own = [asked for asked in measure.where if asked not in asked_of_lines]
        when = [*_within(measure.window, self.at, bind), *_conditions(own, one.conditions, bind)]
        such = " AND ".join([self.line_counts, *_conditions(asked_of_lines, one.conditions, bind)])

        def of_line(aggregate: str) -> str:
            return f"k.{of_lines.setdefault(f'{aggregate} FILTER (WHERE {such})', f'l{len(of_lines)}')}"

        sums = {
            name: own_sql if own_sql is not None and not asked_of_lines else of_line(f"sum({line_sql})")
            for name, (own_sql, line_sql) in self.sums.items()
            if f"{{{name}}}" in one.sql
        }
        if asked_of_lines:
            when.append(f"{of_line('count(*)')} > 0")
        condition = " AND ".join(when) or "true"
        yield f"{one.sql.format(when=condition, at=self.at, **sums)} AS v{number}"
        if measure.window is not None and measure.window.span is not None:
            yield f"min({self.at}) FILTER (WHERE {condition}) AS u{number}"

    def _earliest(self, windows: Sequence[Window | None], bind: Bind) -> str:
        """No fact before the first window is looked at, where every measure has one."""
        starts = [_start(one, bind) for one in windows]
        known = [start for start in starts if start is not None]
        return f" AND {self.at} >= LEAST({', '.join(dict.fromkeys(known))})" if len(known) == len(starts) else ""


def _start(window: Window | None, bind: Bind) -> str | None:
    if window is None:
        return None
    if window.span is not None:
        return _ago(window.span, bind)
    return None if window.since is None else bind(window.since, "timestamptz")


def _ago(span: timedelta, bind: Bind) -> str:
    """An instant before now, as a subselect: reckoned once, and not for every fact."""
    return f"(SELECT {NOW} - {bind(span, 'interval')})"


def _within(window: Window | None, at: str, bind: Bind) -> list[str]:
    if window is None:
        return []
    if window.span is not None:
        return [f"{at} > {_ago(window.span, bind)}"]
    since = [f"{at} >= {bind(window.since, 'timestamptz')}"] if window.since is not None else []
    return since + ([f"{at} < {bind(window.until, 'timestamptz')}"] if window.until is not None else [])


def _conditions(asked: Iterable[Asked], known: Mapping[str, Condition], bind: Bind) -> list[str]:
    return [_condition(known[one.name], one, bind) for one in asked]


def _condition(known: Condition, asked: Asked, bind: Bind) -> str:
    if not known.inside or asked.op not in ("is", "is_any_of"):
        return holds(known.kind, asked.op, known.sql, asked.value, bind)
    codes = [asked.value] if asked.op == "is" else list(asked.value)
    return f"coalesce({known.sql} = ANY(({known.inside.format(codes=bind(codes, 'text[]'))})::text[]), false)"


class Binds:
    """The values of a statement, by the names it has for them. Equal values have one name."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._names: dict[tuple[str, str], str] = {}

    def __call__(self, value: Any, sql_type: str) -> str:
        """How the statement names a value."""
        key = (repr(value), sql_type)
        if key not in self._names:
            self._names[key] = f"p{len(self._names)}"
            self.values[self._names[key]] = value
        return f"CAST(:{self._names[key]} AS {sql_type})"
