"""Four mechanisms carry the promises. Each has a directed test; and broken on purpose, that test must fail.

The relay without a cursor has both beside the relay, in tests/shared/messaging.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import shared.inserts
from deploy.local.waiting import answers
from services.profile.behaviour import rules, usecases
from services.profile.behaviour.rules import Seen
from services.profile.behaviour.schemas import NewEvent
from services.profile.behaviour.tables import BehaviourEvent
from services.profile.customers.tables import Customer
from services.scoring.facts import usecases as facts
from services.scoring.facts.tables import OrderFact
from shared.auth.tokens import mint
from shared.contracts.base import Origin
from shared.ids import new_id
from shared.runtime import Runtime
from shared.testing.processes import environment_of
from shared.testing.waiting import wait_until
from tests.scoring.events import PEOPLE, order
from tests.stack import free_port

# --- a stale resend: the version guard ----------------------------------------------------------------------------


def a_stale_resend_changes_nothing(session: Session, now: datetime) -> None:
    facts.record_orders(session, [order(PEOPLE[0], total="20", version=2)], now)
    facts.record_orders(session, [order(PEOPLE[0], total="10", version=1)], now)
    assert session.scalar(select(OrderFact.version)) == 2


def test_a_stale_resend_changes_nothing(session_of: Callable[[str], Session], now: datetime) -> None:
    a_stale_resend_changes_nothing(session_of("scoring"), now)


@pytest.mark.mutant
def test_without_the_version_guard_a_stale_resend_wins(
    session_of: Callable[[str], Session], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = shared.inserts._conflict

    def unguarded(*args: Any) -> str:
        return guarded(*args).split(" WHERE ")[0]

    monkeypatch.setattr(shared.inserts, "_conflict", unguarded)
    shared.inserts.insert_of.cache_clear()
    with pytest.raises(AssertionError):
        a_stale_resend_changes_nothing(session_of("scoring"), now)
    monkeypatch.undo()
    shared.inserts.insert_of.cache_clear()


# --- a repeated moment: the natural key -----------------------------------------------------------------------------


def a_repeated_moment_is_one(session: Session, now: datetime) -> None:
    said = {"source": "web", "message_id": "m-1", "name": "Product Viewed", "occurred_at": now}
    event = NewEvent.model_validate(said | {"identities": [{"kind": "anonymous", "value": "a-1"}]})
    seen = Seen(event, new_id(), Origin.LIVE)
    for _ in range(2):
        usecases.record(session, [seen], now)
    assert session.scalar(select(func.count()).select_from(BehaviourEvent)) == 1


def test_a_repeated_moment_is_one(session_of: Callable[[str], Session], now: datetime) -> None:
    a_repeated_moment_is_one(session_of("profile"), now)


@pytest.mark.mutant
def test_without_the_natural_key_a_repeated_moment_is_two(
    session_of: Callable[[str], Session], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "message_key", lambda event: (event.source, uuid4().hex))
    with pytest.raises(AssertionError):
        a_repeated_moment_is_one(session_of("profile"), now)


# --- a kill between answer and commit -------------------------------------------------------------------------------


@contextmanager
def dying_server(runtime: Runtime, *mode: str) -> Iterator[str]:
    port = free_port()
    settings = runtime.settings.model_copy(update={"http_port": port})
    command = [sys.executable, "-m", "tests.e2e.faults.dying_server", *mode]
    server = subprocess.Popen(command, env=os.environ | environment_of(settings))
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(f"{url}/livez"), timeout=60)
        yield url
    finally:
        server.kill()
        server.wait()


def what_was_promised_is_there(runtime: Runtime, *mode: str) -> None:
    token = mint(runtime.settings, "profile", subject="shop", kind="api_key", scopes=["profile:write"])
    customer = {"source": "shop", "identities": [{"kind": "external", "value": "u-1"}]}
    with dying_server(runtime, *mode) as url:
        try:
            answer = httpx.post(f"{url}/v1/customers", json=customer, headers={"Authorization": f"Bearer {token}"})
        except httpx.TransportError:
            return  # the server died before it promised anything
        wait_until(lambda: not answers(f"{url}/livez"), timeout=20)
    with runtime.database.reading() as session:
        stored = session.scalar(select(func.count()).select_from(Customer))
    assert stored == 1 or not answer.is_success


def test_a_server_that_dies_while_committing_promised_nothing(runtime_of: Callable[..., Runtime]) -> None:
    what_was_promised_is_there(runtime_of("profile"))


@pytest.mark.mutant
def test_a_server_that_answers_before_its_commit_breaks_its_promise(runtime_of: Callable[..., Runtime]) -> None:
    with pytest.raises(AssertionError):
        what_was_promised_is_there(runtime_of("profile"), "late")
