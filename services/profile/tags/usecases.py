"""Putting tags on the people behind ids, and taking them off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.customers.schemas import MOST_TAGS, Record
from services.profile.links import usecases as links
from shared.errors import FieldError, Invalid


def add(session: Session, customer_id: UUID, tag: str, actor: str, now: datetime) -> None:
    """Put a tag on a person, if it is not there. Raises NotFound, Gone, and Invalid when there are too many."""

    def tagged(record: Record) -> dict[str, Any]:
        if tag in record["tags"]:
            return {}
        if len(record["tags"]) >= MOST_TAGS:
            fault = FieldError("tag", "too_long", f"a customer has at most {MOST_TAGS} tags")
            raise Invalid("Not valid: tag.", errors=[fault])
        return {"tags": [*record["tags"], tag]}

    customers.adjust(session, [links.person(session, customer_id).canonical_id], tagged, actor, now)


def remove(session: Session, customer_id: UUID, tag: str, actor: str, now: datetime) -> None:
    """Take a tag off a person, from the records of all linked ids."""

    def untagged(record: Record) -> dict[str, Any]:
        return {"tags": [one for one in record["tags"] if one != tag]} if tag in record["tags"] else {}

    customers.adjust(session, links.person(session, customer_id).member_ids, untagged, actor, now)
