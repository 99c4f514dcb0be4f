"""Signed links: whoever holds one may do one thing, until it ends. Nothing is stored, so nothing can be looked up."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import jwt

from shared.crypto import derived_key
from shared.errors import Forbidden, Gone

ALGORITHM = "HS256"
LIFETIME = timedelta(days=180)
CHECKS: Any = {"require": ["aud", "exp"], "verify_exp": False}


def seal(kind: str, claims: Mapping[str, str], now: datetime) -> str:
    """The token of a link that says `claims` and opens only what is of this kind, for 180 days."""
    said = {"aud": kind, "exp": int((now + LIFETIME).timestamp()), **claims}
    return jwt.encode(said, derived_key("signed link"), ALGORITHM)


def opened(kind: str, token: str, now: datetime) -> dict[str, Any]:
    """What a token of this kind says. Raises Forbidden `link_invalid`, and Gone `link_expired` after its time."""
    key = derived_key("signed link")
    try:
        said: dict[str, Any] = jwt.decode(token, key, [ALGORITHM], audience=kind, options=CHECKS)
    except jwt.PyJWTError:
        raise Forbidden(
            "The link is damaged, or made for something else. Open it anew from the message that you received.",
            code="link_invalid",
        ) from None
    if said["exp"] <= now.timestamp():
        raise Gone("The link has ended; a newer message has a fresh one.", code="link_expired")
    return said
