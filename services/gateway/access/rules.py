"""The text of a key, and when it opens."""

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.auth.caller import Caller, Kind
from shared.auth.scopes import expanded
from shared.crypto import blind_index

INGEST = "ingest"


@dataclass(frozen=True, slots=True)
class KeyText:
    """`gx_<id>_<secret>` in its two parts."""

    PREFIX: ClassVar = "gx_"

    id: UUID
    secret: str

    @classmethod
    def parse(cls, text: str) -> "KeyText | None":
        """The parts, or None when the text is no key of ours."""
        identifier, _, secret = text.removeprefix(cls.PREFIX).partition("_")
        if not text.startswith(cls.PREFIX) or len(identifier) != 32 or not secret:
            return None
        try:
            return cls(UUID(identifier), secret)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.PREFIX}{self.id.hex}_{self.secret}"


@dataclass(frozen=True, slots=True)
class Credential:
    """A key that was shown to be good."""

    caller: Caller
    expires_at: datetime | None


def new_secret() -> str:
    """256 random bits as text."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is stored of a secret: a keyed hash. A slow one would add nothing to 256 random bits."""
    return blind_index("api_key", secret)


def opens(secret: str, stored: bytes) -> bool:
    """Whether a secret is the stored one, in constant time."""
    return hmac.compare_digest(digest(secret), stored)


def kind_of(scopes: Iterable[str]) -> Kind:
    """A key that may only send is a write key: it can stand in a web page."""
    return "write_key" if set(scopes) == {INGEST} else "api_key"


def caller_of(key_id: UUID, scopes: Iterable[str], manager_id: UUID | None = None) -> Caller:
    """Whom a key speaks for; which teams its manager leads is for profile to say."""
    given = tuple(scopes)
    return Caller(str(key_id), kind_of(given), expanded(given), manager_id=manager_id)


def earlier(*ends: datetime | None) -> datetime | None:
    """The first of several ends; None never comes."""
    return min((end for end in ends if end is not None), default=None)
