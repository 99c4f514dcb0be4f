"""Audiences as conditions on a column of canonical ids. A name counts for the person, whichever linked id it is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, false, literal, or_, select, true

from services.engagement.segments.tables import SegmentsOf
from shared.db import Column, among
from shared.linking import CustomerRef

Audience = Mapping[str, Any]
PARTS = ("include", "exclude")


def meant(audience: Audience, canonical_id: Column) -> ColumnElement[bool]:
    """Whether a person is in an audience; one that includes no segment and names nobody is everybody."""
    everybody = not audience.get("include") and not audience.get("customer_ids")
    return (true() if everybody else included(audience, canonical_id)) & ~excluded(audience, canonical_id)


def included(audience: Audience, canonical_id: Column) -> ColumnElement[bool]:
    """Whether a person is in a segment that an audience includes, or named by it."""
    named = [UUID(str(one)) for one in audience.get("customer_ids", ())]
    people = select(CustomerRef.canonical_id).where(among(CustomerRef.customer_id, named))
    by_name = canonical_id.in_(people) if named else false()
    return _in_any(audience.get("include", ()), canonical_id) | by_name


def excluded(audience: Audience, canonical_id: Column) -> ColumnElement[bool]:
    """Whether a person is in a segment that an audience leaves out."""
    return _in_any(audience.get("exclude", ()), canonical_id)


def named(audience: Audience) -> dict[str, UUID]:
    """The segments that an audience names, by the field where it does."""
    return {
        f"audience.{part}.{at}": UUID(str(one)) for part in PARTS for at, one in enumerate(audience.get(part) or ())
    }


def naming(audience: Column, segment_ids: Collection[UUID]) -> ColumnElement[bool]:
    """Whether a stored audience names one of these segments, to include it or to leave it out."""
    return or_(*(audience[part].op("?|")(_texts(segment_ids)) for part in PARTS))


def hindrance(fields: Sequence[str]) -> dict[str, Any]:
    """What keeps something from working whose audience names, in these fields, segments that do not count."""
    return {"code": "segment_not_published", "fields": list(fields)}


def _in_any(segment_ids: Collection[Any], canonical_id: Column) -> ColumnElement[bool]:
    if not segment_ids:
        return false()
    some = _texts(segment_ids)
    return canonical_id.in_(select(SegmentsOf.customer_id).where(SegmentsOf.members.op("?|")(some)))


def _texts(segment_ids: Collection[Any]) -> ColumnElement[list[str]]:
    return literal([str(one) for one in segment_ids], ARRAY(Text))
