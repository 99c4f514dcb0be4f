"""`/internal/retention-rules`: how long one service keeps the rows of its tables; the gateway shows all of them."""

from typing import Any

from pydantic import Field

from shared import retention
from shared.contracts.base import Code, Instant
from shared.web.dependencies import IfMatch, Now, ReadSession, WriteSession
from shared.web.routing import INTERNAL, Router
from shared.web.schemas import Body, Out


class RetentionPatch(Body):
    """Another term for a table."""

    days: int = Field(ge=1, le=36_500, description="How many days rows are kept.", examples=[730])


class RetentionOut(Out):
    """How long rows of one table are kept."""

    table: Code = Field(validation_alias="name", examples=["profile.behaviour_event"])
    days: int
    version: int
    updated_at: Instant


router = Router("/internal/retention-rules", tag="Retention")


@router.get("", scope=INTERNAL, response_model=list[RetentionOut])
def list_rules(session: ReadSession) -> Any:
    """All rules of this service, by table."""
    return retention.rules(session)


@router.get("/{table}", scope=INTERNAL, response_model=RetentionOut)
def read_rule(table: Code, session: ReadSession) -> Any:
    """One rule."""
    return retention.rule(session, table)


@router.patch("/{table}", scope=INTERNAL, response_model=RetentionOut)
def edit_rule(table: Code, body: RetentionPatch, *, session: WriteSession, version: IfMatch, now: Now) -> Any:
    """Keep rows for another number of days; what is older by then goes within the hour."""
    return retention.edit(session, table, body.days, version, now)
