"""Signatures, and reading payloads of others: whatever has the wrong type says nothing."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from services.profile.orders.rules import guest_of
from services.profile.personal.rules import HAN
from shared.contracts.base import JOINERS, is_readable
from shared.crypto import blind_index
from shared.errors import FieldError, Invalid, Malformed
from shared.web.bodies import parse_json

LONGEST = 128
NAME, NOTE = 500, 5_000
PRECISION = Decimal("0.0001")
REGION = 3
PING = re.compile(rb"webhook_id=\d{1,20}")
Payload = Mapping[str, Any]


def is_signed_by_hmac(raw: bytes, secret: str, signature: str | None) -> bool:
    """Whether a signature is the base64 HMAC-SHA256 of the raw body."""
    made = base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256))
    return hmac.compare_digest(made, (signature or "").encode())


def document_of(raw: bytes) -> Payload:
    """The JSON object of a body, its numbers exact. Raises Malformed and TooLarge."""
    parse_json(raw)
    try:
        document = json.loads(raw, parse_float=Decimal)
    except ValueError:  # an integer of thousands of digits
        raise Malformed("The body holds a number that is too long.") from None
    if not isinstance(document, dict):
        raise Malformed("The body must be a JSON object.")
    return document


def text(value: Any, besides: str = "") -> str | None:
    """A text or a number as a label; None where there is nothing, or something that nobody can see."""
    found = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return found[:LONGEST] if found and is_readable(found, besides) else None


def labels(values: Iterable[Any]) -> list[str]:
    """The labels there are, each once, in their order."""
    return list(dict.fromkeys(label for value in values if (label := text(value)) is not None))


def joined(between: str, payload: Payload, fields: Iterable[str]) -> str | None:
    """The texts of several fields in one; None where there is none."""
    return between.join(filter(None, (text(payload.get(field)) for field in fields))) or None


def name(value: Any, longest: int = NAME) -> str | None:
    """A title to the letter, as far as it fits."""
    return value[:longest] if isinstance(value, str) and value else None


def titles(*parts: str | None) -> dict[str, str] | None:
    """A product's title in the language that its letters tell; None where there is none."""
    found = text(" – ".join(part for part in parts if part), JOINERS)
    return None if found is None else {"zh" if HAN.search(found) else "en": found}


def amount(value: Any) -> str | None:
    """An amount as a plain decimal text of at most four places; None where there is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or value == "":
        return None
    try:
        exact = Decimal(value)
        return format(min(exact, exact.quantize(PRECISION), key=_places) + 0, "f")
    except InvalidOperation:  # to be refused as what it is
        return str(value)


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def total(values: Iterable[Any]) -> Decimal:
    """The sum of the amounts there are; what is none counts nothing."""
    found = Decimal(0)
    for value in values:
        try:
            found += Decimal(amount(value) or 0)
        except InvalidOperation:
            continue
    return found


def instant(value: Any) -> datetime | None:
    """A time with its offset; one without is of UTC. None where there is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found and (found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC))
    except (ValueError, OverflowError):
        return None


def local_instant(value: Any, zone: str) -> datetime | None:
    """A time as clocks of a zone show it; None where there is none."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        return found and found.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def said_at(value: Any) -> str | None:
    """A time as our own documents write it; what is no time stays as it is, to be refused."""
    found = instant(value)
    return found.isoformat() if found else text(value)


def inner(payload: Payload, field: str) -> Payload:
    """An object in an object; empty where there is none."""
    value = payload.get(field)
    return value if isinstance(value, dict) else {}


def several(payload: Payload, field: str) -> Sequence[Payload]:
    """The objects of a list; empty where there is none."""
    value = payload.get(field)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def said(**fields: Any) -> dict[str, Any]:
    """A document of what is known: absent is not the same as nothing."""
    return {field: value for field, value in fields.items() if value is not None}


def required(payload: Payload, field: str) -> str:
    """The id that a payload cannot do without. Raises Invalid."""
    value = text(payload.get(field))
    if value is None:
        raise Invalid(f"The payload has no {field}.", errors=[FieldError(field, "required", "what it is about")])
    return value


def email(value: Any) -> str | None:
    """An e-mail address, if it is one."""
    try:
        return validate_email(value, check_deliverability=False).normalized if isinstance(value, str) else None
    except EmailNotValidError:
        return None


def phone(value: Any, region: str | None = None) -> str | None:
    """A phone number by which somebody can be recognised: written with its country, or valid in `region`."""
    if not isinstance(value, str) or not (region or value.lstrip().startswith("+")):
        return None
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def identities(**found: str | None) -> list[dict[str, str]]:
    """What somebody is recognised by, of what there is."""
    return [{"kind": kind, "value": value} for kind, value in found.items() if value]


def of_order(who: list[dict[str, str]], source: str, order_id: str) -> list[dict[str, str]]:
    """Whose an order is: a visitor's of its own where nobody is named."""
    return who or [{"kind": "anonymous", "value": guest_of(source, order_id)}]


def region(country: Any, part: Any) -> str | None:
    """A country and a part of it by ISO 3166-2, as far as they are codes."""
    if not isinstance(country, str) or len(country) != 2 or not country.isalpha():
        return None
    parts = str(part or "").removeprefix(f"{country}-").upper()
    fits = parts.isascii() and parts.isalnum() and len(parts) <= REGION
    return f"{country.upper()}-{parts}" if fits else country.upper()


def is_ping(raw: bytes) -> bool:
    """Whether a body is the unsigned form with which WooCommerce tries a new address."""
    return PING.fullmatch(raw) is not None


def account_hash(source: str, account: str) -> bytes:
    """By what a closed account is remembered without being known."""
    return blind_index("account", f"{source}:{account}")


def accounts_of(body: Any) -> list[bytes]:
    """The shop's accounts that a document for the doors names."""
    named = body.get("identities", ())
    return [account_hash(body["source"], one["value"]) for one in named if one["kind"] == "external"]


def without(gone: Collection[bytes], body: Any) -> Any:
    """A document without the accounts that are gone; None when nobody is left whom it could be about."""
    if not gone or "identities" not in body:
        return body
    who = [one for one in body["identities"] if not _is_gone(gone, body["source"], one)]
    if not who and "order_id" in body:
        who = of_order([], body["source"], body["order_id"])
    return {**body, "identities": who} if who else None


def _is_gone(gone: Collection[bytes], source: str, one: Mapping[str, str]) -> bool:
    return one["kind"] == "external" and account_hash(source, one["value"]) in gone


def ranked(at: datetime, progress: int) -> datetime:
    """A time by which of two versions of one instant the further one counts, whichever came last."""
    return at + timedelta(microseconds=progress)
