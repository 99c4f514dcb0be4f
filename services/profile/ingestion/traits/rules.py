"""From traits to archive fields and identities."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from services.profile.customers.schemas import FIELDS, Archive
from services.profile.identities.schemas import IdentityBody
from shared.errors import FieldError
from shared.web.validation import field_errors

GENDERS = {"f": "f", "female": "f", "woman": "f", "女": "f", "m": "m", "male": "m", "man": "m", "男": "m"}
SAME = {**{name: name for name in FIELDS}, "timezone": "time_zone", "createdAt": "registered_at"}
IDENTITIES = ("email", "phone")


def archive_of(traits: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    """The archive fields that traits say, as the archive takes them, and what is wrong with them.

    Traits that the archive has no field for are left out; an empty one says nothing.
    """
    said = {SAME[name]: value for name, value in traits.items() if name in SAME and value not in (None, "")}
    said |= _name(traits) | _address(traits) | _birth(traits)
    if "gender" in said:
        said["gender"] = GENDERS.get(str(said["gender"]).strip().casefold(), "x")
    try:
        return Archive.model_validate(said).said(), []
    except ValidationError as error:
        return {}, [_of_traits(one) for one in field_errors(error.errors())]


def attributes_of(traits: Mapping[str, Any], declared: Collection[str]) -> dict[str, Any]:
    """The traits that are declared attributes; an empty one says nothing."""
    return {name: traits[name] for name in declared if name not in SAME and traits.get(name) not in (None, "")}


def identities_of(traits: Mapping[str, Any]) -> tuple[list[IdentityBody], list[FieldError]]:
    """The e-mail address and phone number among traits."""
    found: list[IdentityBody] = []
    errors: list[FieldError] = []
    for kind in IDENTITIES:
        if value := traits.get(kind):
            try:
                found.append(IdentityBody.model_validate({"kind": kind, "value": str(value)}))
            except ValidationError:
                errors.append(FieldError(f"traits.{kind}", "format", f"this is no {kind}"))
    return found, errors


def _name(traits: Mapping[str, Any]) -> dict[str, Any]:
    parts = [str(traits[key]).strip() for key in ("firstName", "lastName") if traits.get(key)]
    return {"name": " ".join(parts)} if parts and not traits.get("name") else {}


def _address(traits: Mapping[str, Any]) -> dict[str, Any]:
    """An address in parts becomes one line, its city a field of its own."""
    address = traits.get("address")
    if not isinstance(address, Mapping):
        return {}
    parts = [
        str(address[key]).strip() for key in ("street", "city", "state", "postalCode", "country") if address.get(key)
    ]
    said = {"address": ", ".join(parts)} if parts else {"address": None}
    return said | ({"city": address["city"]} if address.get("city") and not traits.get("city") else {})


def _birth(traits: Mapping[str, Any]) -> dict[str, Any]:
    """A whole date of birth becomes month and day, which may be used, and the year, which is a secret."""
    birthday = traits.get("birthday")
    if not isinstance(birthday, str) or not birthday:
        return {}
    try:
        born = date.fromisoformat(birthday[:10])
    except ValueError:
        return {}
    return {"birthday": _solar(born), "birth_year": born.year}


def _solar(born: date) -> dict[str, Any]:
    return {"calendar": "solar", "month": born.month, "day": born.day, "leap": False}


def _of_traits(error: FieldError) -> FieldError:
    return FieldError(f"traits.{error.field}", error.code, error.message)
