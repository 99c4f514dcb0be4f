"""Keys are rotated while the service writes: no value is lost, none is unreadable, and at the end all are under the
new key."""

import os
import threading
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary, select, type_coerce, update

from services.profile.customers.tables import Customer
from services.profile.identities import usecases as identities
from services.profile.notes.tables import Note
from shared import crypto, rotation
from shared.crypto import KeyRing
from shared.db import Database, put
from shared.ids import new_id
from shared.testing.tables import metadata_of
from tests.profile.conftest import claim

pytestmark = pytest.mark.capability("C-09")

STORED = rotation.BATCH + 100
WRITERS = 3


def key() -> AESGCM:
    return AESGCM(os.urandom(32))


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> tuple[KeyRing, KeyRing]:
    """A ring as it was, and the one with a newer key; the first is in use."""
    keys = {"old": key(), "new": key()}
    before, after = KeyRing("old", keys), KeyRing("new", keys)
    monkeypatch.setattr(crypto._Keys, "ring", before)
    return before, after


def note(text: str, now: datetime) -> dict[str, object]:
    same = {"author": "key-1", "version": 1, "created_at": now, "updated_at": now, "archived_at": None}
    return {"note_id": new_id(), "customer_id": new_id(), "text": text, **same}


def write(database: Database, number: int, stop: threading.Event, said: dict[UUID, str], now: datetime) -> None:
    """Change notes and add some, one after the other, until told to stop; what was committed last is in `said`."""
    mine = list(said)[number::WRITERS]
    for round_ in range(10_000):
        if stop.is_set():
            return
        one, fresh = mine[round_ % len(mine)], note(f"new {number}-{round_}", now)
        with database.transaction() as session:
            session.execute(update(Note).where(Note.note_id == one).values(text=f"changed {number}-{round_}"))
            put(session, Note, [fresh])
        said[one] = f"changed {number}-{round_}"
        said[UUID(str(fresh["note_id"]))] = str(fresh["text"])


def under_older_keys(database: Database, ring: KeyRing) -> int:
    with database.reading() as session:
        stored = session.scalars(select(type_coerce(Note.text, LargeBinary))).all()
    return sum(not ring.is_current(bytes(one)) for one in stored)


def test_rotation_loses_nothing_of_what_is_written_meanwhile(
    database_of: Callable[[str], Database],
    rings: tuple[KeyRing, KeyRing],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database, (_, newer) = database_of("profile"), rings
    rows = [note(f"old {number}", now) for number in range(STORED)]
    with database.transaction() as session:
        put(session, Note, rows)
    said = {UUID(str(row["note_id"])): str(row["text"]) for row in rows}
    monkeypatch.setattr(crypto._Keys, "ring", newer)
    stop = threading.Event()
    writers = [threading.Thread(target=write, args=(database, one, stop, said, now)) for one in range(WRITERS)]
    for writer in writers:
        writer.start()
    rotated = rotation.rotate(database, *metadata_of("profile"), report=lambda column, count: None)
    stop.set()
    for writer in writers:
        writer.join(20)
    with database.reading() as session:
        assert {row.note_id: row.text for row in session.scalars(select(Note))} == said
    assert 0 < rotated <= STORED
    assert under_older_keys(database, newer) == 0
    assert len(said) > STORED, "nobody wrote meanwhile"


def test_a_process_with_the_old_ring_goes_on_and_a_second_run_catches_up(
    database_of: Callable[[str], Database],
    rings: tuple[KeyRing, KeyRing],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database, (older, newer) = database_of("profile"), rings
    monkeypatch.setattr(crypto._Keys, "ring", newer)
    rotation.rotate(database, *metadata_of("profile"), report=lambda column, count: None)
    monkeypatch.setattr(crypto._Keys, "ring", older)
    with database.transaction() as session:
        put(session, Note, [note("late", now)])
    monkeypatch.setattr(crypto._Keys, "ring", newer)
    with database.reading() as session:
        assert session.scalars(select(Note.text)).all() == ["late"]
    changed: dict[str, int] = {}
    rotation.rotate(database, *metadata_of("profile"), report=changed.__setitem__)
    assert {column for column, count in changed.items() if count} == {"note.text"}
    assert under_older_keys(database, newer) == 0


def test_an_object_stays_the_object_it_was(
    database_of: Callable[[str], Database],
    rings: tuple[KeyRing, KeyRing],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database, (_, newer) = database_of("profile"), rings
    with database.transaction() as session:
        identities.resolve(session, [claim(("external", "u-1"), at=now)], now)
        session.execute(update(Customer).values(private_attributes={"shoe": "42"}))
    monkeypatch.setattr(crypto._Keys, "ring", newer)
    rotation.rotate(database, *metadata_of("profile"), report=lambda column, count: None)
    with database.reading() as session:
        assert session.scalars(select(Customer.private_attributes)).one() == {"shoe": "42"}
