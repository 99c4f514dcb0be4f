"""A dump from before an erasure is restored: who was erased stays erased."""

from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from services.profile.privacy import usecases as privacy
from services.profile.privacy.restores import usecases as restores
from services.profile.privacy.tables import Erasure
from services.profile.republish import REPUBLISH
from shared.clock import system_clock
from shared.db import Database
from shared.messaging import republish
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Databases
from tests.gateway.servers import serving
from tests.privacy.deliveries import deliver
from tests.privacy.dumps import dump, restore
from tests.privacy.living import MAIL, NAME, PHONE, STREET, live, post
from tests.privacy.searching import places, stored

pytestmark = pytest.mark.capability("C-09")

OTHERS = ("scoring", "engagement")
SAID = {NAME, STREET, MAIL, PHONE}
Restored = Callable[..., Runtime]


@pytest.fixture
def restored(databases: Databases, settings_for: Callable[..., Settings]) -> Any:
    """A service on a database made of a dump."""
    opened: list[Database] = []

    def make(runtime: Runtime, written: str, **urls: str) -> Runtime:
        url = databases.clone(runtime.service)
        restore(url, written)
        opened.append(Database(url))
        settings = settings_for(**{f"{runtime.service}_database_url": url, **urls})
        return Runtime(runtime.service, settings, opened[-1], runtime.clock)

    yield make
    for database in opened:
        database.close()


def erase(api: httpx.Client, runtimes: dict[str, Runtime], customer: UUID) -> None:
    answer = post(api, f"/customers/{customer}/erasure", {}, 202)
    privacy.erase_due(runtimes["profile"])
    deliver(runtimes, [])
    assert api.get(f"/erasures/{answer['id']}").json()["status"] == "completed"


def test_who_comes_back_with_a_dump_of_profile_is_erased_again_and_barred(
    api: httpx.Client, runtimes: dict[str, Runtime], restored: Restored
) -> None:
    customer = live(api, runtimes, [])
    written = dump(runtimes["profile"])
    erase(api, runtimes, customer)
    assert places(stored(runtimes), SAID) == {}

    others = {name: import_module(f"services.{name}.app").create_app(awake(runtimes[name])) for name in OTHERS}
    with serving(others["scoring"]) as scoring, serving(others["engagement"]) as engagement:
        back = restored(runtimes["profile"], written, scoring_url=scoring, engagement_url=engagement)
        assert places(stored({"profile": back}), SAID).keys() == SAID
        assert restores.apply(back) == 1
    now = runtimes | {"profile": back}
    deliver(now, [])
    assert republish.run(back, REPUBLISH) > 0
    deliver(now, [])
    assert places(stored(now), SAID) == {}
    again = back_again(now)
    assert (again["status"], again["requested_by"]) == ("completed", "restore")


def test_who_comes_back_with_a_dump_of_another_service_goes_with_what_profile_tells_again(
    api: httpx.Client, runtimes: dict[str, Runtime], restored: Restored
) -> None:
    customer = live(api, runtimes, [])
    written = {name: dump(runtimes[name]) for name in OTHERS}
    erase(api, runtimes, customer)
    back = runtimes | {name: restored(runtimes[name], one) for name, one in written.items()}
    kept = theirs(runtimes, customer)
    assert theirs(back, customer) - kept != set()
    assert republish.run(back["profile"], REPUBLISH) > 0
    deliver(back, [])
    assert theirs(back, customer) == kept


def awake(runtime: Runtime) -> Runtime:
    """A service by the clock of the machine, as those see it who ask it now."""
    return Runtime(runtime.service, runtime.settings, runtime.database, system_clock(runtime.settings.clock_offset))


def back_again(runtimes: dict[str, Runtime]) -> Any:
    """How the erasure stands that a restore began."""
    with runtimes["profile"].database.reading() as session:
        return session.execute(select(Erasure.__table__)).mappings().one()


def theirs(runtimes: dict[str, Runtime], customer: UUID) -> set[str]:
    """Which columns of scoring and engagement name a customer."""
    others = {name: runtimes[name] for name in OTHERS}
    return places(stored(others), {str(customer)}).get(str(customer), set())
