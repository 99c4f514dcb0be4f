"""Rows with a canary in every secret column, and the search for canaries in whole databases."""

from base64 import b85decode
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Column, Table, insert, select
from sqlalchemy.orm import Session
from zstandard import ZstdDecompressor

from shared.crypto import Secret, SecretJson
from shared.holdings import Fate
from shared.rotation import secret_columns
from shared.testing.tables import metadata_of
from tests.architecture.test_holdings import OURS, files_of, holdings_of, searched_in
from tests.rows import plain_value

PACKED = "import_piece.content"


def canary() -> str:
    """A value that stands nowhere else."""
    return f"canary{uuid4().hex}"


def seed(session: Session, service: str, customer_id: UUID, now: datetime) -> dict[str, str]:
    """A row about the customer in every table with secrets; the canary of each secret column that may hold one."""
    owners = {one.name: one.owner.key for one in holdings_of(service) if one.fate is not Fate.KEPT}
    seeded: dict[str, str] = {}
    for table in dict.fromkeys(table for table, _ in secret_columns(*metadata_of(service))):
        if any(f"{table.name}.{column.name}" in {*OURS, *files_of(service)} for column in table.columns):
            continue
        canaries = {column.name: canary() for column in table.columns if isinstance(column.type, Secret)}
        mention = f" {customer_id}" if table.name in searched_in(service) else ""
        told = {name: _said(table.c[name], value + mention) for name, value in canaries.items()}
        _store(session, table, {owner: customer_id} if (owner := owners.get(table.name)) else {}, told, now)
        seeded |= {f"{service}.{table.name}.{name}": value for name, value in canaries.items()}
    return seeded


def _said(column: Column[Any], value: str) -> Any:
    return {"said": value} if isinstance(column.type, SecretJson) else value


def _store(session: Session, table: Table, owned: dict[str, UUID], secrets: dict[str, Any], now: datetime) -> None:
    """Add a row, or where the customer has the only one there may be, write into that."""
    theirs = [table.c[name] == value for name, value in owned.items()]
    keyed = bool(owned) and [column.name for column in table.primary_key] == list(owned)
    if keyed and session.execute(select(*table.primary_key).where(*theirs)).first():
        session.execute(table.update().where(*theirs).values(secrets))
        return
    plain = {one.name: plain_value(one, now) for one in table.columns if one.name not in secrets and not one.identity}
    session.execute(insert(table).values({**plain, **secrets, **owned}))


def everything(session: Session, service: str) -> Iterator[tuple[str, str]]:
    """Every value of every column of a database as text, secrets opened: (service.table.column, text)."""
    for metadata in metadata_of(service):
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                yield from (
                    (f"{service}.{table.name}.{name}", unpacked(f"{table.name}.{name}", _text(value)))
                    for name, value in row.items()
                )


def unpacked(place: str, text: str) -> str:
    """A text as it is read: pieces of files are packed."""
    return ZstdDecompressor().decompress(b85decode(text)).decode() if place == PACKED else text


def _text(value: Any) -> str:
    return bytes(value).decode(errors="replace") if isinstance(value, bytes | memoryview) else str(value)
