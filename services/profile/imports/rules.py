"""What an import says about itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from services.profile.imports.columns import rules as columns
from services.profile.imports.columns.schemas import ImportMapping
from services.profile.imports.tables import Import
from services.profile.ingestion.usecases import Result
from shared.errors import Conflict
from shared.jobs import UNFINISHED

KEPT = timedelta(days=7)


def header_of(one: Import) -> list[str]:
    """The names of the columns; none for JSON lines."""
    names: list[str] = orjson.loads(one.header)
    return names


def mapping_of(one: Import) -> ImportMapping | None:
    """What the columns mean; None for JSON lines."""
    return None if one.mapping is None else ImportMapping.model_validate_json(one.mapping)


def missing(one: Import) -> list[str]:
    """What the mapping still lacks."""
    mapping = mapping_of(one)
    return [] if mapping is None else columns.missing(one.kind, mapping)


def status_of(one: Import, job: str | None, now: datetime) -> str:
    """How an import stands, by its job."""
    if one.completed_at is not None:
        return "completed"
    if job in UNFINISHED:
        return "running"
    if now >= one.created_at + KEPT:
        return "expired"
    return job or "received"


def require_content(one: Import, now: datetime) -> None:
    """Raise Conflict once the content of a file is deleted, or soon to be."""
    if one.completed_at is not None or now >= one.created_at + KEPT:
        raise Conflict("Its content is deleted; upload the file again.", code="invalid_transition")


def counted(results: Sequence[Result]) -> dict[str, int]:
    """How many were created, updated, unchanged, held, refused."""
    return dict(Counter(result.status for result in results))


def summed(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Both counts together."""
    return {name: before.get(name, 0) + more.get(name, 0) for name in sorted({*before, *more})}


def faults(one: Import, errors: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Faults of a document, each with the column that it came from."""
    mapping = mapping_of(one)
    if mapping is None:
        return [{**error, "column": None} for error in errors]
    return [{**error, "column": columns.column_of(one.kind, mapping, error["field"])} for error in errors]
