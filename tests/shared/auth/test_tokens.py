"""Internal tokens."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from shared.auth.caller import Caller
from shared.auth.tokens import LIFETIME, REMEMBERED, Minter, Verifier, mint, secret_of
from shared.errors import Unauthenticated
from shared.settings import Settings


@pytest.fixture
def settings(settings_for: Any) -> Settings:
    made: Settings = settings_for()
    return made


class Clocked:
    """A verifier of profile whose time the test moves."""

    def __init__(self, settings: Settings, now: datetime) -> None:
        self.now = now
        self.reads = 0
        self.settings = settings
        self.verifier = Verifier("profile", self._secret, lambda: self.now)

    def _secret(self) -> bytes:
        self.reads += 1
        return secret_of(self.settings, "profile")


@pytest.fixture
def clocked(settings: Settings, now: datetime) -> Clocked:
    return Clocked(settings, now)


def _claims(now: datetime, **changes: Any) -> dict[str, Any]:
    at = int(now.timestamp())
    claims = {
        "sub": "k",
        "kind": "api_key",
        "scopes": ["ingest"],
        "aud": "profile",
        "iat": at,
        "exp": at + 60,
    } | changes
    return {name: value for name, value in claims.items() if value is not None}


def test_what_is_minted_is_what_is_verified(clocked: Clocked, settings: Settings, now: datetime) -> None:
    customer = uuid4()
    token = mint(settings, "profile", subject="m-1", kind="member", customer_id=customer, now=now)
    assert clocked.verifier.verify(token) == Caller("m-1", "member", frozenset(), customer)


def test_scopes_arrive_with_all_they_imply(clocked: Clocked, settings: Settings, now: datetime) -> None:
    token = mint(settings, "profile", subject="k", kind="api_key", scopes=["profile:admin"], now=now)
    caller = clocked.verifier.verify(token)
    assert caller.may("profile:write")
    assert not caller.may("profile:pii")


@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "scoring"},
        {"aud": None},
        {"exp": None},
        {"iat": None},
        {"sub": None},
        {"kind": "emperor"},
        {"kind": None},
        {"kind": "member"},
        {"scopes": "admin"},
        {"scopes": None},
        {"customer_id": "0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"},
    ],
)
def test_a_token_that_breaks_a_rule_is_refused(clocked: Clocked, now: datetime, changes: dict[str, Any]) -> None:
    token = jwt.encode(_claims(now, **changes), secret_of(clocked.settings, "profile"), "HS256")
    with pytest.raises(Unauthenticated):
        clocked.verifier.verify(token)


@pytest.mark.parametrize("moved", [{"exp": 3600}, {"iat": 3600, "exp": 3660}, {"iat": -3600}])
def test_no_token_lives_longer_than_a_minute_or_begins_later(
    clocked: Clocked, now: datetime, moved: dict[str, int]
) -> None:
    at = int(now.timestamp())
    token = jwt.encode(
        _claims(now, **{name: at + by for name, by in moved.items()}), secret_of(clocked.settings, "profile"), "HS256"
    )
    with pytest.raises(Unauthenticated):
        clocked.verifier.verify(token)


@pytest.mark.parametrize("algorithm", ["none", "HS384"])
def test_only_one_algorithm_is_accepted(clocked: Clocked, now: datetime, algorithm: str) -> None:
    secret = secret_of(clocked.settings, "profile") + bytes(32)
    token = jwt.encode(_claims(now), None if algorithm == "none" else secret, algorithm)  # type: ignore[arg-type]
    with pytest.raises(Unauthenticated):
        clocked.verifier.verify(token)


def test_a_signature_of_another_secret_is_refused(clocked: Clocked, now: datetime) -> None:
    token = jwt.encode(_claims(now), secret_of(clocked.settings, "scoring"), "HS256")
    with pytest.raises(Unauthenticated):
        clocked.verifier.verify(token)


def test_a_known_token_ends_on_time_too(clocked: Clocked, settings: Settings, now: datetime) -> None:
    token = mint(settings, "profile", subject="k", kind="api_key", now=now)
    clocked.verifier.verify(token)
    clocked.now = now + LIFETIME - timedelta(seconds=1)
    clocked.verifier.verify(token)
    clocked.now = now + LIFETIME
    with pytest.raises(Unauthenticated) as refused:
        clocked.verifier.verify(token)
    assert refused.value.code == "credential_expired"


def test_a_changed_token_is_not_taken_for_the_known_one(clocked: Clocked, settings: Settings, now: datetime) -> None:
    token = mint(settings, "profile", subject="k", kind="api_key", now=now)
    clocked.verifier.verify(token)
    head, _, signature = token.split(".")
    other = mint(settings, "profile", subject="k", kind="api_key", scopes=["admin"], now=now).split(".")[1]
    with pytest.raises(Unauthenticated):
        clocked.verifier.verify(f"{head}.{other}.{signature}")


def test_the_memory_is_bounded(clocked: Clocked, settings: Settings, now: datetime) -> None:
    clocked.verifier._known = dict.fromkeys(map(str, range(REMEMBERED)), (Caller("x", "api_key"), 0.0))
    clocked.verifier.verify(mint(settings, "profile", subject="k", kind="api_key", now=now))
    assert len(clocked.verifier._known) == 1


def test_the_secret_is_read_once(clocked: Clocked, settings: Settings, now: datetime) -> None:
    for subject in "abc":
        clocked.verifier.verify(mint(settings, "profile", subject=subject, kind="api_key", now=now))
    assert clocked.reads == 1


def test_a_minter_gives_the_same_token_until_it_is_nearly_over(settings: Settings, now: datetime) -> None:
    times = [now, now + timedelta(seconds=44), now + timedelta(seconds=45)]
    moments = iter(times)
    minter = Minter(settings, lambda: next(moments))
    caller = Caller("k", "api_key", frozenset({"ingest"}))
    first, second, third = (minter.token("profile", caller) for _ in times)
    assert first == second
    assert third != first
