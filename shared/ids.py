"""Identifiers: UUIDv7, which sort by their time of making."""

import uuid
from uuid import UUID

from uuid_utils import compat


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return compat.uuid7()


def derived_id(*parts: str) -> UUID:
    """The same id for the same parts, always: for rows whose identity is a natural key (UUIDv5)."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "guanxi:" + "\x1f".join(parts))


def time_of(identifier: UUID) -> int:
    """Milliseconds since 1970 that a UUIDv7 carries."""
    return identifier.int >> 80
