"""How values are compared in SQL, and how many facts come to one value of a person. Pure: it only writes statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.profile.fields.schemas import Asked, Bind, Condition, Field, Kind, Measure, Window

COMPARISONS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<", "before": "<", "after": ">"}
NOW = "CAST(:now AS timestamptz)"


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
    return f"{sql} LIKE ANY({bind([_beginning(one) + '%' for one in value], 'text[]')})"


def _beginning(region: str) -> str:
    """What the codes of a region's subtree begin with: the pairs of digits of GB/T 2260, less the empty ones."""
    short = region
    if len(region) == 6 and region.isdigit():
        while len(short) > 2 and short.endswith("00"):
            short = short[:-2]
    return short.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%")


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

    def join(self, wanted: Mapping[int, tuple[Field, Measure]], people: str, bind: Bind) -> str:
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

    def join(self, wanted: Mapping[int, tuple[Field, Measure]], people: str, bind: Bind) -> str:
        """One row for each person with facts, with the values `v…` and the earliest fact of rolling windows, `u…`."""
        columns: list[str] = []
        line_columns: list[str] = []
        for number, (one, measure) in wanted.items():
            columns += self._columns(number, one, measure, line_columns, bind)
        lateral = f" CROSS JOIN LATERAL (SELECT {', '.join(line_columns)} FROM {self.lines}) k" if line_columns else ""
        bound = self._earliest([measure.window for _, measure in wanted.values()], bind)
        return (
            f"LEFT JOIN (SELECT p.id, {', '.join(columns)} FROM ({people}) p JOIN {self.table} "
            f"ON f.customer_id = p.member{lateral} WHERE {self.counts}{bound} GROUP BY p.id) {self.name} "
            f"ON {self.name}.id = c.customer_id"
        )

    def value(self, wanted: Field, at: int) -> str:
        """The aggregate, or what it is without any fact."""
        return f"coalesce({self.name}.v{at}, {wanted.empty})" if wanted.empty else f"{self.name}.v{at}"

    def _columns(self, number: int, one: Field, measure: Measure, line_columns: list[str], bind: Bind) -> Iterable[str]:
        of_lines = [one.conditions[asked.name].of_line for asked in measure.where]
        own = [asked for asked, of_line in zip(measure.where, of_lines, strict=True) if not of_line]
        when = [*_within(measure.window, self.at, bind), *_conditions(own, one.conditions, bind)]
        sums = {name: sql for name, (sql, _) in self.sums.items() if sql is not None}
        if any(of_lines) or any(f"{{{name}}}" in one.sql for name in self.sums if name not in sums):
            matching = [asked for asked, of_line in zip(measure.where, of_lines, strict=True) if of_line]
            such = " AND ".join([self.line_counts, *_conditions(matching, one.conditions, bind)])
            line_columns.append(f"count(*) FILTER (WHERE {such}) AS n{number}")
            line_columns += [
                f"sum({sql}) FILTER (WHERE {such}) AS {name}{number}" for name, (_, sql) in self.sums.items()
            ]
            sums = {name: f"k.{name}{number}" for name in self.sums}
            when += [f"k.n{number} > 0"] if any(of_lines) else []
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
        return f"{NOW} - {bind(window.span, 'interval')}"
    return None if window.since is None else bind(window.since, "timestamptz")


def _within(window: Window | None, at: str, bind: Bind) -> list[str]:
    if window is None:
        return []
    if window.span is not None:
        return [f"{at} > {NOW} - {bind(window.span, 'interval')}"]
    since = [f"{at} >= {bind(window.since, 'timestamptz')}"] if window.since is not None else []
    return since + ([f"{at} < {bind(window.until, 'timestamptz')}"] if window.until is not None else [])


def _conditions(asked: Iterable[Asked], known: Mapping[str, Condition], bind: Bind) -> list[str]:
    return [holds(known[one.name].kind, one.op, known[one.name].sql, one.value, bind) for one in asked]


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
