"""Which addresses of a person are usable."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from services.profile.addresses import repository
from services.profile.addresses.schemas import Address

ORDER = {"removed": 0, "verified": 1, "added": 2, "known": 3}


def usable(session: Session, members: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, list[Address]]:
    """The addresses of each person, by canonical id, the best of a channel first; `members` are their linked ids."""
    found = repository.contacts(session, [one for ids in members.values() for one in ids])
    return {root: _usable([row for one in ids for row in found.get(one, [])]) for root, ids in members.items()}


def _usable(rows: Sequence[RowMapping]) -> list[Address]:
    """Each address once; one that any linked id removed is not used."""
    found: dict[tuple[str, str], RowMapping] = {}
    for row in sorted(rows, key=lambda row: ORDER[row["state"]]):
        found.setdefault((row["channel"], row["value"]), row)
    usable = [row for row in found.values() if row["state"] != "removed"]
    return [Address(row["contact_id"], row["channel"], row["value"]) for row in usable]
