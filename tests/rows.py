"""Rows of any table with plain values, for tests that need one to be there and do not care what it says."""

import os
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Column, Table
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import Boolean, Date, DateTime, Float, Integer, LargeBinary, Numeric, Uuid

from shared.db import EnumText
from shared.ids import new_id


def filled(table: Any, now: datetime, **values: Any) -> dict[str, Any]:
    """A row of a table or mapped class: what is given, nothing where that may be, else something of the type."""
    found: Table = getattr(table, "__table__", table)
    plain = {one.name: plain_value(one, now) for one in found.columns if not one.identity}
    return {name: value for name, value in plain.items() if not found.c[name].computed} | values


def plain_value(column: Column[Any], now: datetime) -> Any:
    """Some value of a column's type."""
    kind = column.type
    if column.nullable:
        return None
    if isinstance(kind, EnumText):
        return next(iter(kind.kind))
    made: dict[type, Any] = {
        Uuid: new_id(),
        DateTime: now,
        Date: date(2026, 11, 1),
        Boolean: False,
        Integer: 1,
        Numeric: 1,
        Float: 1.0,
        JSONB: [],
        LargeBinary: os.urandom(16),
    }
    return next((value for base, value in made.items() if isinstance(kind, base)), f"x-{uuid4().hex[:8]}")
