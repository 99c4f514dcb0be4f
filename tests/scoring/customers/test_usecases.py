"""Finding the person behind the id of a path."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import QueuePool

from services.scoring.customers import usecases as customers
from shared.runtime import Runtime
from shared.web.client import InternalClient
from tests.scoring.events import PEOPLE

WEI, MEI, *_ = PEOPLE


@pytest.mark.capability("C-04")
def test_who_asks_profile_of_an_unknown_customer_holds_no_connection_meanwhile(
    runtime_of: Callable[..., Runtime], monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = runtime_of("scoring")
    asked: list[tuple[str, str, int]] = []

    def answer(client: InternalClient, service: str, method: str, path: str, *rest: Any, **more: Any) -> Any:
        pool = runtime.database.engine.pool
        assert isinstance(pool, QueuePool)
        asked.append((service, path, pool.checkedout()))
        return {"canonical_id": str(MEI)}

    monkeypatch.setattr(InternalClient, "_call", answer)
    with runtime.database.reading() as session:
        assert customers.person(session, WEI, runtime.settings) == MEI
    assert asked == [("profile", f"/internal/customers/{WEI}", 0)]
