"""By what two customers are compared, and how sure that makes us. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from services.profile.personal.rules import plain_name
from shared.crypto import blind_index

SIMILAR = {  # how sure it makes us when two archives agree in this
    "name_birth_date": 0.9,
    "name_address": 0.8,
    "name_birthday": 0.6,
    "address_birthday": 0.5,
}
MOST_ALIKE = 50  # a key that more customers share tells nobody apart


def keys(record: Mapping[str, Any]) -> dict[str, bytes]:
    """What an archive is compared by: keyed hashes, of such pairs of facts only as together are rare."""
    name = plain_name(record["name"]) if record["name"] else None
    address, day = _plain_address(record["address"]), _day(record["birthday"])
    year = record["birth_year"]
    parts = {
        "name_birth_date": (name, day, year),
        "name_address": (name, address),
        "name_birthday": (name, day),
        "address_birthday": (address, day),
    }
    return {kind: _hash(kind, some) for kind, some in parts.items() if all(some)}


def _hash(kind: str, parts: Iterable[str | None]) -> bytes:
    return blind_index(f"match.{kind}", "\x1f".join(part or "" for part in parts))


def _plain_address(address: str | None) -> str | None:
    """Letters and digits only: punctuation, spaces and width differ between forms."""
    folded = unicodedata.normalize("NFKC", address or "").casefold()
    return "".join(one for one in folded if one.isalnum()) or None


def _day(birthday: Mapping[str, Any] | None) -> str | None:
    if birthday is None:
        return None
    leap = "leap" if birthday.get("leap") else ""
    return f"{birthday.get('calendar', 'solar')} {birthday['month']}-{birthday['day']}{leap}"
