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
