"""One statement that asks every node of a rule about one customer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.profile.segments.compiling.schemas import Compiled


def nodes(session: Session, rule: Compiled, customer_id: UUID, when: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Pointer, verdict, value and next instant of every node of the last segment."""
    asked = ", ".join(
        f"{node.verdict} AS verdict{at}, to_jsonb({node.value or 'CAST(NULL AS text)'}) AS value{at}, "
        f"{node.until or 'CAST(NULL AS timestamptz)'} AS until{at}"
        for at, node in enumerate(rule.nodes)
    )
    statement = text(f"{rule.some} SELECT {asked} FROM judged")
    row = session.execute(statement, {**rule.binds, **when, "ids": [customer_id]}).mappings().one()
    parts = ("verdict", "value", "until")
    return [
        {"pointer": node.pointer} | {part: row[f"{part}{at}"] for part in parts} for at, node in enumerate(rule.nodes)
    ]
