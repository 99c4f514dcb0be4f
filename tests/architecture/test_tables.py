"""What the tables of all services may hold."""

from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import MetaData, Text
from sqlalchemy.types import String

from shared.crypto import Secret
from shared.db import EnumText, SharedBase
from shared.settings import SERVICES

ALLOWED = Path(__file__).with_name("text_columns.txt")


def metadata_of(service: str) -> MetaData:
    """All tables of a service, the shared ones apart."""
    return import_module(f"services.{service}.__main__").SERVICE.metadata  # type: ignore[no-any-return]


def text_columns() -> list[str]:
    """Every column of bare text."""
    return sorted(
        f"{service}.{table.name}.{column.name}"
        for service, metadata in {**{s: metadata_of(s) for s in SERVICES}, "shared": SharedBase.metadata}.items()
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String | Text) and not isinstance(column.type, Secret | EnumText)
    )


def test_every_text_column_is_secret_or_allowed_by_name() -> None:
    assert text_columns() == ALLOWED.read_text(encoding="utf-8").split()


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_has_a_tenant_or_a_server_default(service: str) -> None:
    for table in metadata_of(service).sorted_tables:
        assert "tenant_id" not in table.c
        assert [column.name for column in table.columns if column.server_default and not column.identity] == []


if __name__ == "__main__":
    ALLOWED.write_text("\n".join([*text_columns(), ""]), encoding="utf-8")
