"""How filters, segments and assignment rules ask for a region."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, any_, func, literal
from sqlalchemy.orm import InstrumentedAttribute

from services.profile.regions import rules


def in_region(column: ColumnElement[Any] | InstrumentedAttribute[Any], codes: Collection[str]) -> ColumnElement[bool]:
    """Whether a column holds a code in one of these regions, at any depth; unknown is not."""
    return func.coalesce(column.like(any_(literal(rules.patterns(codes), ARRAY(Text)))), False)
