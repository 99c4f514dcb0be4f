"""A person is erased while files that mention them wait."""

from base64 import b85decode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import zstandard
from sqlalchemy import select

from services.profile.imports.files.tables import ImportPiece
from services.profile.imports.tables import Import
from services.profile.privacy import usecases as privacy
from services.profile.privacy.tables import Erasure
from shared.runtime import Runtime
from tests.profile.imports.exports import HEADER, order, table
from tests.profile.imports.test_api import taken_in, uploaded, work
from tests.profile.served import Doors

pytestmark = pytest.mark.capability("C-09")

PHONE, OTHER = "13800138777", "13800138778"


def person(doors: Doors) -> UUID:
    body = {"source": "shop", "identities": [{"kind": "phone", "value": PHONE}]}
    return UUID(doors.post("/v1/customers", body).json()["id"])


def bought(at: int, phone: str, **cells: str) -> list[str]:
    return order(at, **{"手机": phone, "下单时间": "2026-11-20 11:00", **cells})


def erase(doors: Doors, customer_id: UUID) -> UUID:
    with doors.runtime.database.transaction() as session:
        erasure_id = privacy.request(session, customer_id, "key-1", doors.runtime.now())
    privacy.erase_due(doors.runtime)
    return erasure_id


def status(doors: Doors, erasure_id: UUID) -> Any:
    with doors.session() as session:
        return privacy.get(session, erasure_id)


def content(doors: Doors, import_id: str) -> str:
    with doors.session() as session:
        wanted = select(ImportPiece.content).where(ImportPiece.import_id == UUID(import_id))
        pieces = session.scalars(wanted.order_by(ImportPiece.number)).all()
    return b"".join(zstandard.ZstdDecompressor().decompress(b85decode(one)) for one in pieces).decode()


def test_their_rows_leave_the_file_and_the_others_are_taken_in(doors: Doors) -> None:
    rows = [bought(1, OTHER), bought(2, PHONE), bought(2, "", 商品编码="tea-09"), bought(3, OTHER)]
    customer_id, one = person(doors), uploaded(doors, table([HEADER, *rows]))
    assert PHONE in content(doors, one["id"])
    erasure = status(doors, erase(doors, customer_id))
    assert (erasure.status, erasure.counts["profile"]["import_piece"]) == ("erased", 2)
    left = content(doors, one["id"])
    assert (PHONE in left, OTHER in left, "tea-09" in left) == (False, True, False)
    done = taken_in(doors, one["id"])
    assert done["outcomes"] == {"created": 2, "refused": 2}
    refused = doors.get(f"/v1/imports/{one['id']}/rows?status=refused").json()["items"]
    assert [(row["row"], row["code"]) for row in refused] == [(2, "erased"), (3, "erased")]


def test_a_header_that_was_their_row_is_forgotten_also_of_a_file_that_was_taken_in(doors: Doors) -> None:
    customer_id = person(doors)
    one = uploaded(doors, table([bought(1, PHONE), bought(2, OTHER)]))
    erase(doors, customer_id)
    with doors.session() as session:
        found = session.scalars(select(Import)).one()
        assert PHONE not in found.header + str(found.mapping)
    assert PHONE not in content(doors, one["id"])
    assert doors.get(f"/v1/imports/{one['id']}").json()["columns"][0]["name"] == "column 1"


def test_who_stands_in_a_file_that_is_being_taken_in_waits_for_its_end(doors: Doors) -> None:
    customer_id, one = person(doors), uploaded(doors, table([HEADER, bought(1, PHONE), bought(2, OTHER)]))
    assert doors.post(f"/v1/imports/{one['id']}/run").status_code == 202
    erasure_id = erase(doors, customer_id)
    assert status(doors, erasure_id).status == "requested"
    assert doors.get(f"/v1/customers/{customer_id}").status_code == 410
    work(doors)
    done = doors.get(f"/v1/imports/{one['id']}").json()
    assert (done["status"], done["outcomes"]) == ("completed", {"created": 1, "refused": 1})
    minute, was = timedelta(minutes=1), doors.runtime
    privacy.erase_due(Runtime("profile", was.settings, was.database, lambda: was.now() + minute))
    assert status(doors, erasure_id).status == "erased"
    assert content(doors, one["id"]) == ""


def test_who_stands_in_no_file_waits_for_none(doors: Doors) -> None:
    customer_id, one = person(doors), uploaded(doors, table([HEADER, bought(2, OTHER)]))
    before = content(doors, one["id"])
    doors.post(f"/v1/imports/{one['id']}/run")
    assert status(doors, erase(doors, customer_id)).status == "erased"
    assert content(doors, one["id"]) == before
    with doors.session() as session:
        assert session.scalars(select(Erasure.erase_at)).all() == [None]
