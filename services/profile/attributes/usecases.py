"""Declaring attributes, and reading values by what is declared."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.attributes import repository, rules
from services.profile.attributes.rules import Declared
from services.profile.attributes.schemas import AttributePatch, NewAttribute
from services.profile.attributes.tables import Attribute
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.web.versioned import archived, moved_on, patched, stamps


def declare(session: Session, body: NewAttribute, now: datetime) -> Attribute:
    """Declare an attribute. Raises Conflict `already_exists` for a key that is or was in use."""
    row = {"attribute_id": new_id(), **body.model_dump(), **stamps(now)}
    if not repository.add(session, row):
        raise Conflict("There is or was an attribute of that key.", code="already_exists")
    return get(session, row["attribute_id"])


def edit(session: Session, attribute_id: UUID, patch: AttributePatch, if_match: int, now: datetime) -> Attribute:
    """Change an attribute by a JSON Merge Patch.

    Values stored before stay as they are; customers are told under the new rule with their next change.
    """
    row = get(session, attribute_id, locked=True)
    return moved_on(session, row, now, **patched(row, NewAttribute, patch, if_match).model_dump())


def archive(session: Session, attribute_id: UUID, now: datetime) -> None:
    """Take an attribute out of use: values that are there stay readable, no new ones are accepted or told."""
    archived(session, get(session, attribute_id, locked=True), now)


def get(session: Session, attribute_id: UUID, *, locked: bool = False) -> Attribute:
    """One attribute, archived or not; raises NotFound."""
    row = repository.get(session, attribute_id, locked=locked)
    if row is None:
        raise NotFound("There is no such attribute.")
    return row


def declared(session: Session) -> Declared:
    """Every attribute in use, by key."""
    return {row.key: _body(row) for row in repository.in_use(session)}


def shared(session: Session) -> frozenset[str]:
    """The keys of the attributes that other services are told."""
    return repository.shared(session)


def fields(known: Declared, given: Mapping[str, Any], path: str = "attributes") -> dict[str, Any]:
    """Values as a record takes them, by place. Raises Invalid for what is not declared or does not fit."""
    said, errors = rules.fields(known, given, path)
    if errors:
        raise refusal(errors)
    return said


def refusal(errors: list[FieldError]) -> Invalid:
    """The refusal of values."""
    return Invalid("Not valid: " + ", ".join(error.field for error in errors[:5]) + ".", errors=errors)


def _body(row: Attribute) -> NewAttribute:
    return NewAttribute.model_validate({name: getattr(row, name) for name in NewAttribute.model_fields})
