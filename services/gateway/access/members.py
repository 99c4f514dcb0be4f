"""Member tokens: by one, a shop's front end acts for one end customer, for 15 minutes. Nothing is stored."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt

from shared.auth.caller import Caller
from shared.crypto import derived_key
from shared.errors import Unauthenticated

ALGORITHM = "HS256"
LIFETIME = timedelta(minutes=15)
TYPE = "member"
PURPOSE = "member token"
CHECKS: Any = {"require": ["sub", "exp"], "verify_exp": False}


def issued(customer_id: UUID, now: datetime) -> tuple[str, datetime]:
    """A token for a customer, and its end."""
    end = (now + LIFETIME).replace(microsecond=0)
    claims = {"typ": TYPE, "sub": str(customer_id), "exp": int(end.timestamp())}
    return jwt.encode(claims, derived_key(PURPOSE), ALGORITHM), end


def caller_of(token: str, now: datetime) -> Caller:
    """The customer a token stands for. Raises Unauthenticated, `credential_expired` when only the time is over."""
    try:
        claims = jwt.decode(token, derived_key(PURPOSE), [ALGORITHM], options=CHECKS)
    except jwt.PyJWTError:
        claims = {}
    if claims.get("typ") != TYPE:
        raise Unauthenticated("This credential is not known.")
    if claims["exp"] <= now.timestamp():
        raise Unauthenticated(
            "This member token has ended; ask your back end for a new one.", code="credential_expired"
        )
    return Caller(claims["sub"], "member", customer_id=UUID(claims["sub"]))
