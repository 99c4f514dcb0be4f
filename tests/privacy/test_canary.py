"""Personal values stand in every secret column of all services: found before an erasure, and nowhere after it."""

from uuid import UUID

import httpx
import pytest

from services.profile.privacy import usecases as privacy
from services.scoring.assessments import usecases as assessments
from shared.ids import new_id
from shared.rotation import secret_columns
from shared.runtime import Runtime
from shared.telemetry import metrics
from shared.testing.tables import metadata_of
from tests.architecture.test_holdings import OURS, files_of
from tests.privacy.deliveries import deliver
from tests.privacy.living import NAME, PHONE, SPOKEN, STREET, live, post
from tests.privacy.searching import dumped, places, stored
from tests.privacy.seeding import seed

pytestmark = pytest.mark.capability("C-09")


def seeded(runtimes: dict[str, Runtime], customer: UUID) -> dict[str, str]:
    canaries: dict[str, str] = {}
    for service, runtime in runtimes.items():
        with runtime.database.transaction() as session:
            canaries |= seed(session, service, customer, runtime.now())
    return canaries


def test_no_canary_survives(api: httpx.Client, runtimes: dict[str, Runtime], capfd: pytest.CaptureFixture[str]) -> None:
    log: list[bytes] = []
    customer = live(api, runtimes, log)
    canaries = seeded(runtimes, customer)
    secrets = {f"{s}.{t.name}.{c.name}" for s in runtimes for t, c in secret_columns(*metadata_of(s))}
    files = {f"profile.{one}" for one in files_of("profile")}
    assert canaries.keys() == {one for one in secrets - files if one.split(".", 1)[1] not in OURS}
    searched = {*canaries.values(), *SPOKEN}
    for told in (stored, dumped):
        before = places(told(runtimes), searched)
        assert {place for place, value in canaries.items() if place not in before.get(value, set())} == set()
        assert files <= before[NAME] & before[STREET] & before[PHONE.removeprefix("+86")]
        assert {value for value in SPOKEN if value not in before} == set()
        assert {place for found in before.values() for place in found if place.endswith("as written")} == set()

    answer = post(api, f"/customers/{customer}/erasure", {}, 202)
    privacy.erase_due(runtimes["profile"])
    deliver(runtimes, log)
    assessments.assess_due(runtimes["scoring"])
    deliver(runtimes, log)
    assert api.get(f"/erasures/{answer['id']}").json()["status"] == "completed"

    assert places(stored(runtimes), searched) == {}
    assert places(dumped(runtimes), searched) == {}
    spoken = b"\n".join([*log, metrics.render(), "".join(capfd.readouterr()).encode()]).decode()
    assert {value for value in searched if value in spoken} == set()


def test_a_canary_that_stays_would_be_found(runtimes: dict[str, Runtime]) -> None:
    customer, runtime = new_id(), runtimes["engagement"]

    with runtime.database.transaction() as session:
        canaries = seed(session, "engagement", customer, runtime.now())
    found = places(stored({"engagement": runtime}), set(canaries.values()))
    assert found == {value: {place} for place, value in canaries.items()}
