"""Consents over HTTP."""

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-07")
PII = ("profile:read", "profile:pii")


def test_the_ledger_tells_everything_and_hides_the_evidence(doors: Doors) -> None:
    identity = {"kind": "email", "value": "a@example.com"}
    path = f"/v1/customers/{doors.post('/v1/customers', {'identities': [identity]}).json()['id']}/consents"
    granted = {"purpose": "newsletter", "channel": "email", "state": "granted", "source": "counter"}
    scan = {"evidence": "scan:0815.pdf", "effective_at": "2026-11-01T00:00:00Z"}
    assert doors.post(path, granted | scan, key="k-1").status_code == 201
    assert doors.post(path, granted | {"state": "withdrawn"}, key="k-2").json()["state"] == "withdrawn"
    newest, oldest = doors.get(f"{path}/history").json()["items"]
    assert (newest["state"], newest["evidence"]) == ("withdrawn", None)
    assert (oldest["state"], oldest["evidence"]) == ("granted", "***")
    assert doors.get(f"{path}/history", scopes=PII).json()["items"][1]["evidence"] == "scan:0815.pdf"
    assert "scan" not in doors.get(f"{path}/history", headers={"Accept": "text/csv"}).text


def test_a_new_purpose_is_a_topic_of_marketing_that_customers_can_choose(doors: Doors) -> None:
    titles = {"zh": "新品", "en": "New arrivals"}
    admin = ("profile:admin",)
    named = doors.call("PUT", "/v1/consent-purposes/arrivals", {"titles": titles}, scopes=admin)
    assert named.json() == {"purpose": "arrivals", "purpose_class": "marketing", "titles": titles}
    doors.call("PUT", "/v1/consent-purposes/service", {"titles": {"en": "Notices"}}, scopes=admin)
    listed = {one["purpose"]: one for one in doors.get("/v1/consent-purposes").json()["items"]}
    assert listed["arrivals"] == named.json()
    assert listed["service"] == {"purpose": "service", "purpose_class": "service", "titles": {"en": "Notices"}}
    identity = {"kind": "email", "value": "a@example.com"}
    path = f"/v1/customers/{doors.post('/v1/customers', {'identities': [identity]}).json()['id']}/preferences"
    topics = [{"purpose": "arrivals", "channel": "email", "state": "granted"}]
    answer = doors.call("PUT", path, {"topics": topics, "pause_until": "2026-12-01T00:00:00Z"})
    assert answer.json() == doors.get(path).json()
    assert topics[0] | {"titles": titles} in answer.json()["topics"]
    assert doors.call("PUT", "/v1/consent-purposes/x", {"titles": {}}, scopes=admin).status_code == 422
    more = [doors.call("PUT", f"/v1/consent-purposes/t{n}", {"titles": titles}, scopes=admin) for n in range(25)]
    assert [one.status_code for one in more] == [200] * 24 + [409]
