"""Statements about declared attributes."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.attributes.tables import Attribute
from shared.db import NOTHING, put
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

SORTS = {"key": (Attribute.key,), "created_at": (Attribute.created_at, Attribute.attribute_id)}
IN_USE = Attribute.archived_at.is_(None)


def listed(session: Session, page: PageRequest, types: Sequence[str] | None, shared: bool | None) -> Listing[Any]:
    """Attributes in use, by key."""
    wanted = select(Attribute).where(IN_USE)
    if types:
        wanted = wanted.where(Attribute.type.in_(types))
    if shared is not None:
        wanted = wanted.where(Attribute.shared == shared)
    return paginate(session, wanted, page, SORTS, default="key")


def add(session: Session, row: Mapping[str, Any]) -> bool:
    """Store an attribute unless its key is taken; whether it was stored."""
    return bool(put(session, Attribute, [row], on_conflict=NOTHING, key=["key"], returning=["attribute_id"]))


def get(session: Session, attribute_id: UUID, *, locked: bool = False) -> Attribute | None:
    """One attribute, archived or not."""
    return session.get(Attribute, attribute_id, with_for_update=locked, populate_existing=True)


def in_use(session: Session) -> Sequence[Attribute]:
    """All attributes that are not archived."""
    return session.scalars(select(Attribute).where(IN_USE)).all()


def shared(session: Session) -> frozenset[str]:
    """The keys of the attributes that other services are told."""
    return frozenset(session.scalars(select(Attribute.key).where(IN_USE, Attribute.shared)))
