"""Keeping the content of uploaded files, and reading it."""

from base64 import b85decode, b85encode
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from itertools import count
from uuid import UUID

import zstandard
from sqlalchemy.orm import Session

from services.profile.imports.files import repository, rules
from services.profile.imports.files.rules import Detector
from services.profile.imports.files.schemas import Encoding
from shared.db import Database
from shared.ids import new_id

Reading = Callable[[], AbstractContextManager[Session]]


class Reception:
    """One file on its way in: each piece is stored in a transaction of its own, however slowly the next one comes."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.import_id = new_id()
        self._database, self._now = database, now
        self._detector: Detector | None = None
        self._count = 0

    def take(self, piece: bytes, stated: Encoding | None) -> None:
        """Keep the next piece. Raises Invalid as soon as the file is no text."""
        self._detector = self._detector or Detector(stated)
        self._detector.see(piece)
        with self._database.transaction() as session:
            store(session, self.import_id, self._count, piece, self._now)
        self._count += 1

    def encoding(self) -> Encoding:
        """How the file is written. Raises Invalid when it is no text."""
        return (self._detector or Detector()).encoding()


def store(session: Session, import_id: UUID, number: int, piece: bytes, now: datetime) -> None:
    """Keep the next piece of a file, packed and encrypted."""
    packed = b85encode(zstandard.ZstdCompressor().compress(piece)).decode()
    repository.add(session, import_id, number, packed, now)


def pieces(reading: Reading, import_id: UUID) -> Iterator[bytes]:
    """The content of a file. Each piece is read in a block of its own, so no transaction waits for what is done."""
    for number in count():
        with reading() as session:
            content = repository.content(session, import_id, number)
        if content is None:
            return
        yield zstandard.ZstdDecompressor().decompress(b85decode(content))


def rewrite(session: Session, import_id: UUID, texts: Iterable[str], encoding: Encoding) -> None:
    """Put another text in the place of a file's, which may be read from the file itself meanwhile."""
    began = repository.stored_at(session, import_id)
    for number, piece in enumerate(rules.encoded(texts, encoding)):
        store(session, import_id, -1 - number, piece, began)
    repository.replace(session, import_id)


def forget(session: Session, import_ids: Collection[UUID]) -> None:
    """Delete the content of some files."""
    repository.delete_of(session, import_ids)


def older(session: Session, than: datetime, most: int) -> list[UUID]:
    """Files that were begun to be stored before an instant, some of them."""
    return repository.older(session, than, most)
