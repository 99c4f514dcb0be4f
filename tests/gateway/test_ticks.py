"""What the gateway does beside its requests."""

from datetime import datetime, timedelta

import httpx
from sqlalchemy import func, select

from services.gateway.app import create_app
from shared.runtime import Runtime
from shared.testing.plugin import RuntimeFactory
from shared.testing.waiting import wait_until
from shared.web.idempotency import KEPT, IdempotentAnswer
from tests.gateway.real import document_of, key_of, real_gateway
from tests.gateway.servers import serving


def answers(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(IdempotentAnswer)) or 0


def test_answers_that_nobody_may_ask_for_again_are_purged(runtime_of: RuntimeFactory, now: datetime) -> None:
    at = [now]
    with real_gateway(runtime_of, clock=lambda: at[0]) as (url, runtime):
        headers = {"Authorization": f"Bearer {key_of(runtime, 'access:admin')}", "Idempotency-Key": "k-1"}
        body = {"name": "shop", "scopes": ["ops"]}
        assert httpx.post(f"{url}/v1/api-keys", json=body, headers=headers).status_code == 201
    assert answers(runtime) == 1
    at[0] += KEPT + timedelta(hours=1)
    document = document_of(runtime)
    with serving(create_app(runtime, lambda: document)):
        wait_until(lambda: answers(runtime) == 0)
