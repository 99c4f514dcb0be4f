"""Which addresses of a person are usable."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.orm import Session

from services.profile.addresses import repository
from services.profile.addresses.schemas import Address
from services.profile.identities.schemas import CHANNELS, CONTACT_CHANNELS

ORDER = {"removed": 0, "verified": 1, "added": 2, "known": 3}


def usable(session: Session, members: Mapping[UUID, Sequence[UUID]]) -> dict[UUID, list[Address]]:
    """The addresses of each person, by canonical id, the best of a channel first; `members` are their linked ids."""
    found = repository.contacts(session, [one for ids in members.values() for one in ids])
    return {root: _usable([row for one in ids for row in found.get(one, [])]) for root, ids in members.items()}


def _usable(rows: Sequence[RowMapping]) -> list[Address]:
    """Each address once on each channel that it opens; one that any linked id removed is not used there."""
    found: dict[tuple[str, str], RowMapping] = {}
    for row in sorted(rows, key=lambda row: ORDER[row["state"]]):
        for channel in _opened(row):
            found.setdefault((channel, row["value"]), row)
    usable = [(channel, row) for (channel, _), row in found.items() if row["state"] != "removed"]
    return [Address(row["contact_id"], channel, row["value"]) for channel, row in usable]


def _opened(row: RowMapping) -> Sequence[str]:
    """A number of a contact point or an identity is one to write to and one to call."""
    if row["state"] == "known":
        return CHANNELS[row["channel"]]
    also = CONTACT_CHANNELS.get(row["channel"], ()) if row["state"] != "removed" else ()
    return list(dict.fromkeys((row["channel"], *also)))
