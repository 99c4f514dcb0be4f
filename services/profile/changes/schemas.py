"""Changes on the wire."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import orjson
from pydantic import Field

from services.profile.customers.tables import CustomerChange
from services.profile.personal.rules import masked_field
from shared.web.schemas import Out

Writer = Literal["shop", "staff", "member"]


class ChangeOut(Out):
    """One field that somebody changed."""

    id: UUID
    customer_id: UUID = Field(description="The linked id whose record it is.")
    field: str = Field(examples=["city"])
    before: Any = Field(serialization_alias="from", examples=["Suzhou"])
    after: Any = Field(serialization_alias="to", examples=["Hangzhou"])
    writer: Writer
    actor: str = Field(description="The source of a shop, else who called.")
    occurred_at: datetime
    recorded_at: datetime

    @classmethod
    def of(cls, row: CustomerChange, *, pii: bool) -> "ChangeOut":
        """As this caller may see it."""
        before, after = orjson.loads(row.before), orjson.loads(row.after)
        return cls(
            id=row.change_id,
            customer_id=row.customer_id,
            field=row.field.removeprefix("private_"),
            before=before if pii else masked_field(row.field, before),
            after=after if pii else masked_field(row.field, after),
            writer=row.writer,
            actor=row.actor,
            occurred_at=row.occurred_at,
            recorded_at=row.recorded_at,
        )
