"""Normal forms for comparing personal values, masks for showing them, and the pieces a name is found by."""

import re
import unicodedata
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from shared.crypto import blind_index

LONGEST = 255
HIDDEN = "***"
HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def normalised(kind: str, value: str, region: str) -> str:
    """The form in which two writings of one identity are equal: E.164, lower-case e-mail, else trimmed NFC.

    A phone number without country code is read as one of `region`. Raises ValueError when it is no such identity.
    """
    if kind == "phone":
        return _phone(value, region)
    if kind == "email":
        return _email(value)
    plain = unicodedata.normalize("NFC", value.strip())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise ValueError(f"an identity has 1 to {LONGEST} printable characters")
    return plain


def _phone(value: str, region: str) -> str:
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", value), region)
    except phonenumbers.NumberParseException:
        raise ValueError("this is no phone number") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("this phone number is too short or too long")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _email(value: str) -> str:
    try:
        found = validate_email(unicodedata.normalize("NFKC", value.strip()), check_deliverability=False)
    except EmailNotValidError:
        raise ValueError("this is no e-mail address") from None
    return unicodedata.normalize("NFKC", found.normalized).lower()


def as_dialled(number: str) -> str:
    """An E.164 number as it is written within its country, without the zero that some dial first."""
    return phonenumbers.national_significant_number(phonenumbers.parse(number))


def masked(kind: str, value: str) -> str:
    """What somebody without `profile:pii` sees of an identity: `+86138****00`, `a***@example.com`, `oX****`."""
    if kind == "phone":
        return f"{value[: max(2, len(value) - 8)]}****{value[-2:]}"
    if kind == "email":
        return f"{value[0]}***@{value.rpartition('@')[2]}"
    return f"{value[: min(2, len(value) // 3)]}****"


def masked_name(name: str | None) -> str | None:
    """The first character of each word of a name: `王**`, `A*** L***`."""
    if name is None:
        return None
    return " ".join(word[0] + ("**" if HAN.match(word) else "***") for word in name.split())


def masked_field(field: str, value: Any) -> Any:
    """What somebody without `profile:pii` sees of a field of the archive."""
    if field == "name":
        return masked_name(value)
    if field == "private_attributes":
        return dict.fromkeys(value, HIDDEN)
    secret = field in ("birth_year", "address") or field.startswith("private_attributes.")
    return HIDDEN if secret and value is not None else value


def plain_name(name: str) -> str:
    """A name in the form in which it is searched: NFKC, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def name_tokens(name: str) -> set[bytes]:
    """Keyed hashes of the whole name, of its words, and of the first and first two characters of a Han word."""
    whole = plain_name(name)
    words = whole.split()
    starts = [word[:length] for word in words if HAN.match(word) for length in (1, 2)]
    return {blind_index("name", piece) for piece in {whole, *words, *starts}}


def query_tokens(query: str) -> list[bytes]:
    """What a name must have all of to match `query`."""
    return [blind_index("name", word) for word in plain_name(query).split()]
