"""An audience on the wire, and what profile says of its segments."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from services.engagement.alerts.schemas import Escalation
from shared.contracts.base import Code
from shared.errors import FieldError, GuanxiError
from shared.web.schemas import Body, Out


class Audience(Body):
    """Who is meant: members of the segments of `include` and who is named, less those of `exclude`; `{}` is everybody.

    It is asked when something is planned and again when it is due.
    """

    include: list[UUID] = Field(default=[], max_length=50, description="Segments.")
    exclude: list[UUID] = Field(default=[], max_length=50, description="Segments.")
    customer_ids: list[UUID] = Field(default=[], max_length=1_000)


class AudiencePatch(Body):
    """JSON Merge Patch of an audience: absent stays."""

    include: list[UUID] | None = Field(default=None, max_length=100, description="Segments.")
    exclude: list[UUID] | None = Field(default=None, max_length=100, description="Segments.")
    customer_ids: list[UUID] | None = Field(default=None, max_length=10_000)


class Hindrance(Out):
    """Why something that works by itself does not."""

    code: Code = Field(
        description="`segment_not_published`: its audience names segments that are not published, or archived by now · "
        "`dependency_unavailable`, `deadline_exceeded`: profile did not say, it is asked again.",
        examples=["segment_not_published"],
    )
    fields: list[str] = Field(description="Where it is.", examples=[["audience.exclude.0"]])


@dataclass(frozen=True, slots=True)
class Working:
    """Rows of a table that work by themselves over an audience, how they are stopped, and what staff are told then."""

    table: type[Any]
    at_work: ColumnElement[bool]
    stop: Callable[[Session, Any, dict[str, Any], datetime], object]  # by a hindrance
    escalation: Callable[[Any, datetime], Escalation]


@dataclass(frozen=True, slots=True)
class Answer:
    """Where an audience names segments that do not count, unless profile failed to answer."""

    faults: tuple[FieldError, ...] = ()
    failure: GuanxiError | None = None
