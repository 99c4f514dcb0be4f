"""Putting tags on the people behind ids, and taking them off."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.customers import usecases as customers
from services.profile.customers.schemas import MOST_TAGS, Record
from services.profile.links import usecases as links
from shared import linking
from shared.contracts.base import Origin
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


def put(
    session: Session, wanted: Mapping[UUID, Sequence[str]], actor: str, *, origin: Origin, now: datetime
) -> set[UUID]:
    """Put tags on many people at once; the ids of those who would have too many, whose tags stay as they are."""
    canonical = linking.canonical(session, set(wanted))
    by_person: dict[UUID, list[str]] = {}
    for customer_id, some in wanted.items():
        by_person.setdefault(canonical[customer_id], []).extend(some)
    full: set[UUID] = set()

    def tagged(record: Record) -> dict[str, Any]:
        all_ = list(dict.fromkeys((*record["tags"], *by_person[record["customer_id"]])))
        if len(all_) > MOST_TAGS:
            full.add(record["customer_id"])
            return {}
        return {"tags": all_} if len(all_) > len(record["tags"]) else {}

    customers.adjust(session, by_person, tagged, actor, now, origin=origin)
    return {one for one in wanted if canonical[one] in full}


def remove(session: Session, customer_id: UUID, tag: str, actor: str, now: datetime) -> None:
    """Take a tag off a person, from the records of all linked ids."""

    def untagged(record: Record) -> dict[str, Any]:
        return {"tags": [one for one in record["tags"] if one != tag]} if tag in record["tags"] else {}

    customers.adjust(session, links.person(session, customer_id).member_ids, untagged, actor, now)
