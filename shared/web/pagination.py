"""Lists by keyset: a page begins after the last row of the page before, whatever was inserted meanwhile."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, bindparam, func, select, tuple_, union_all
from sqlalchemy.orm import Session

from shared.db import Column, to_json
from shared.errors import FieldError, Invalid
from shared.web.csv_answers import too_many
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

Sorts = Mapping[str, Sequence[Column]]

READERS: Mapping[type, Any] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    Decimal: Decimal,
    str: str,
}


def paginate(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    page: PageRequest,
    sorts: Sorts,
    *,
    default: str = "-created_at",
) -> Listing[Any]:
    """One page of a statement's rows (its objects, if it selects one entity).

    `sorts` names the allowed orders, each by columns that are never null and together unique: end with the id. Raises
    Invalid for another sort and `cursor_invalid` for a cursor that was not made for this sort.
    """
    name = page.sort or default
    columns = _columns(sorts, name)
    _require_fewer(session, statement, page)
    rows, cursor = _cut(session.execute(_ordered(statement, page, columns, name)).all(), page, columns, name)
    single = len(statement.column_descriptions) == 1
    return Listing[Any].model_construct(items=[row[0] for row in rows] if single else rows, next_cursor=cursor)


def paginate_ranges(
    session: Session,
    ranges: Sequence[Select[*tuple[Any, ...]]],
    page: PageRequest,
    sorts: Sorts,
    *,
    default: str = "-created_at",
) -> Listing[Any]:
    """One page merged from several selects of the same columns, no row in two of them, none read beyond the page.

    For lists by several values, where an index holds one range in order for each: PostgreSQL would sort them all.
    """
    name = page.sort or default
    columns = _columns(sorts, name)
    _require_fewer(session, union_all(*ranges), page)
    merged = union_all(*(select(_ordered(one, page, columns, name).subquery()) for one in ranges)).subquery()
    order = [merged.c[f"sort_{at}"] for at in range(len(columns))]
    found = select(merged).order_by(*_directed(order, name)).limit(page.limit + 1)
    rows, cursor = _cut(session.execute(found).all(), page, columns, name)
    return Listing[Any].model_construct(items=rows, next_cursor=cursor)


def _ordered(
    statement: Select[*tuple[Any, ...]], page: PageRequest, columns: Sequence[Column], name: str
) -> Select[*tuple[Any, ...]]:
    ordered = statement.add_columns(*(column.label(f"sort_{at}") for at, column in enumerate(columns)))
    if page.cursor is not None:
        ordered = ordered.where(_after(columns, name, page.cursor))
    return ordered.order_by(*_directed(columns, name)).limit(page.limit + 1)


def _directed(columns: Sequence[Column], name: str) -> list[ColumnElement[Any]]:
    return [column.desc() if name.startswith("-") else column.asc() for column in columns]


def _cut(
    rows: Sequence[Row[Any]], page: PageRequest, columns: Sequence[Column], name: str
) -> tuple[Sequence[Row[Any]], str | None]:
    """The rows of the page, and the cursor of the next where there is one."""
    kept = rows[: page.limit]
    return kept, _cursor(name, kept[-1][-len(columns) :]) if len(rows) > page.limit else None


def _columns(sorts: Sorts, name: str) -> Sequence[Column]:
    columns = sorts.get(name.removeprefix("-"))
    if columns is None:
        message = f"Sort by one of {', '.join(sorted(sorts))}, with - for descending."
        raise Invalid(message, errors=[FieldError("sort", "not_allowed", message)])
    return columns


def _require_fewer(
    session: Session, statement: Select[*tuple[Any, ...]] | CompoundSelect[Any], page: PageRequest
) -> None:
    if page.ceiling is not None and page.cursor is None:
        counted = select(func.count()).select_from(statement.limit(page.ceiling + 1).subquery())
        if (session.scalar(counted) or 0) > page.ceiling:
            raise too_many()


def _after(columns: Sequence[Column], sort: str, cursor: str) -> ColumnElement[bool]:
    values = _values(columns, sort, cursor)
    last = tuple_(*(bindparam(None, value, type_=column.type) for column, value in zip(columns, values, strict=True)))
    return tuple_(*columns) < last if sort.startswith("-") else tuple_(*columns) > last


def _cursor(sort: str, values: Sequence[Any] | Row[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return urlsafe_b64encode(to_json([sort, *plain]).encode()).decode().rstrip("=")


def _values(columns: Sequence[Column], sort: str, cursor: str) -> list[Any]:
    """The sort values a cursor carries; raises `cursor_invalid` when it was made for another list or by hand."""
    try:
        made_for, *values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if made_for != sort or len(values) != len(columns):
            raise ValueError
        return [_read(column, value) for column, value in zip(columns, values, strict=True)]
    except (ValueError, TypeError, ArithmeticError, KeyError):
        raise Invalid("The cursor was not made for this list and sort; leave it out.", code="cursor_invalid") from None


def _read(column: Column, value: Any) -> Any:
    kind = column.type.python_type
    if kind is int and isinstance(value, int) and abs(value) < 2**63:
        return value
    if kind is float and isinstance(value, float | int):
        return float(value)
    if kind in (int, float) or not isinstance(value, str) or "\0" in value:
        raise ValueError
    return READERS.get(kind, str)(value)
