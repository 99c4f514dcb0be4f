"""Internal tokens: 60 seconds, for one callee, signed with the callee's secret."""

from base64 import b64decode
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import jwt

from shared.auth.caller import Caller, Kind
from shared.auth.scopes import expanded
from shared.clock import Clock, system_clock
from shared.errors import Unauthenticated
from shared.settings import Settings

ALGORITHM = "HS256"
LIFETIME = timedelta(seconds=60)
SKEW = timedelta(seconds=5)
REMEMBERED = 10_000
KINDS = ("api_key", "write_key", "staff", "member", "service")
CHECKS = {"require": ["sub", "aud", "iat", "exp"], "verify_exp": False, "verify_iat": False}


def secret_of(settings: Settings, service: str) -> bytes:
    """The secret that signs tokens for `service`."""
    return b64decode(settings.internal_secret_file(service).read_text())


def mint(
    settings: Settings,
    service: str,
    *,
    subject: str,
    kind: Kind,
    scopes: Iterable[str] = (),
    customer_id: UUID | None = None,
    manager_id: UUID | None = None,
    team_ids: Iterable[UUID] = (),
    now: datetime | None = None,
) -> str:
    """A token by which `service` knows the caller for 60 seconds from `now` (the settings' clock by default)."""
    at = now or system_clock(settings.clock_offset)()
    claims: dict[str, Any] = {
        "sub": subject,
        "kind": kind,
        "scopes": sorted(scopes),
        "aud": service,
        "iat": int(at.timestamp()),
        "exp": int((at + LIFETIME).timestamp()),
    }
    if customer_id is not None:
        claims["customer_id"] = str(customer_id)
    if manager_id is not None:
        claims |= {"manager_id": str(manager_id), "team_ids": sorted(str(one) for one in team_ids)}
    return jwt.encode(claims, secret_of(settings, service), ALGORITHM)


class Verifier:
    """Checks the tokens of one service; a token seen before is answered from memory until it ends."""

    def __init__(self, service: str, secret: Callable[[], bytes], clock: Clock) -> None:
        self._service = service
        self._read_secret = secret
        self._clock = clock
        self._known: dict[str, tuple[Caller, float]] = {}

    @cached_property
    def _secret(self) -> bytes:
        return self._read_secret()

    def verify(self, token: str) -> Caller:
        """The caller. Raises Unauthenticated, `credential_expired` when only the time is over."""
        now = self._clock()
        known = self._known.get(token)
        if known is None:
            known = self._checked(token, now)
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[token] = known
        if known[1] <= now.timestamp():
            self._known.pop(token, None)
            raise Unauthenticated("The internal token has ended.", code="credential_expired")
        return known[0]

    def _checked(self, token: str, now: datetime) -> tuple[Caller, float]:
        try:
            claims = jwt.decode(token, self._secret, [ALGORITHM], audience=self._service, options=CHECKS)  # type: ignore[arg-type]
        except jwt.PyJWTError:
            raise Unauthenticated("The credential is not one that this service accepts.") from None
        lasts = timedelta(seconds=claims["exp"] - claims["iat"])
        if lasts > LIFETIME or datetime.fromtimestamp(claims["iat"], now.tzinfo) > now + SKEW:
            raise Unauthenticated("The internal token was not made by our rules.")
        return _caller(claims), claims["exp"]


def _caller(claims: dict[str, Any]) -> Caller:
    kind, scopes, member = claims.get("kind"), claims.get("scopes"), claims.get("customer_id")
    if kind not in KINDS or not isinstance(scopes, list) or (kind == "member") != (member is not None):
        raise Unauthenticated("The internal token was not made by our rules.")
    manager = claims.get("manager_id")
    return Caller(
        claims["sub"],
        kind,
        expanded(scopes),
        None if member is None else UUID(member),
        None if manager is None else UUID(manager),
        frozenset(UUID(one) for one in claims.get("team_ids", ())),
    )


class Minter:
    """Tokens for callees, made once and used for 45 of their 60 seconds."""

    KEPT = timedelta(seconds=45)

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._made: dict[tuple[str, Caller], tuple[str, datetime]] = {}

    def token(self, service: str, caller: Caller) -> str:
        """A token that lets `caller` into `service`."""
        now = self._clock()
        made = self._made.get((service, caller))
        if made is None or made[1] <= now:
            if len(self._made) >= REMEMBERED:
                self._made.clear()
            made = (self._fresh(service, caller, now), now + self.KEPT)
            self._made[service, caller] = made
        return made[0]

    def _fresh(self, service: str, caller: Caller, now: datetime) -> str:
        return mint(
            self._settings,
            service,
            subject=caller.id,
            kind=caller.kind,
            scopes=caller.scopes,
            customer_id=caller.customer_id,
            manager_id=caller.manager_id,
            team_ids=caller.team_ids,
            now=now,
        )
