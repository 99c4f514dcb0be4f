"""Notes of staff over HTTP."""

from typing import Any

import pytest

from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-03")
PII = ("profile:read", "profile:write", "profile:pii")
TEXT = "Prefers a call in the evening."


def customer(doors: Doors, name: str) -> str:
    body = {"source": "shop", "identities": [{"kind": "external", "value": name}]}
    return str(doors.post("/v1/customers", body).json()["id"])


def noted(doors: Doors, customer_id: str, text: str = TEXT) -> Any:
    answer = doors.post(f"/v1/customers/{customer_id}/notes", {"text": text}, scopes=PII)
    assert answer.status_code == 201, answer.text
    return answer


def texts(doors: Doors, customer_id: str, **more: Any) -> list[str]:
    return [one["text"] for one in doors.get(f"/v1/customers/{customer_id}/notes", **more).json()["items"]]


def test_a_note_is_secret_and_masked_without_the_scope(doors: Doors) -> None:
    ada = customer(doors, "ada")
    note = noted(doors, ada)
    assert (note.json()["author"], note.headers["Location"]) == (
        "key-1",
        f"/v1/customers/{ada}/notes/{note.json()['id']}",
    )
    assert (texts(doors, ada), texts(doors, ada, scopes=PII)) == (["***"], [TEXT])
    with doors.session() as session:
        raw = session.connection().exec_driver_sql("SELECT text FROM note").scalar_one()
    assert b"evening" not in bytes(raw)


def test_a_note_is_changed_and_archived(doors: Doors) -> None:
    ada = customer(doors, "ada")
    note = noted(doors, ada)
    path, head = f"/v1/customers/{ada}/notes/{note.json()['id']}", {"If-Match": note.headers["ETag"]}
    changed = doors.call("PATCH", path, {"text": "At noon."}, headers=head, scopes=PII)
    assert (changed.json()["text"], changed.headers["ETag"]) == ("At noon.", '"2"')
    assert doors.call("PATCH", path, {"text": "Never."}, headers=head, scopes=PII).status_code == 412
    assert doors.call("PATCH", path, {"text": None}, headers={"If-Match": '"2"'}, scopes=PII).status_code == 422
    assert doors.call("DELETE", path).status_code == 204
    assert doors.call("DELETE", path).status_code == 204
    assert texts(doors, ada) == []
    assert doors.get(path, scopes=PII).json()["archived_at"] is not None


def test_notes_follow_a_merge_and_its_undo(doors: Doors) -> None:
    ada, bob = customer(doors, "ada"), customer(doors, "bob")
    noted(doors, ada, "of ada")
    noted(doors, bob, "of bob")
    merge = doors.post("/v1/merges", {"survivor_id": ada, "absorbed_ids": [bob]}, key="m").json()
    assert texts(doors, bob, scopes=PII) == ["of bob", "of ada"]
    noted(doors, bob, "of both")
    doors.post(f"/v1/merges/{merge['id']}/undo")
    assert (texts(doors, ada, scopes=PII), texts(doors, bob, scopes=PII)) == (["of both", "of ada"], ["of bob"])


def test_a_note_is_of_its_customer_only(doors: Doors) -> None:
    ada, bob = customer(doors, "ada"), customer(doors, "bob")
    note = noted(doors, ada).json()["id"]
    assert doors.get(f"/v1/customers/{bob}/notes/{note}").status_code == 404
