"""The chain of migrations of each service."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, MetaData, Table

from shared import migrations, schema
from shared.db import Database
from shared.settings import SERVICES
from shared.testing.tables import metadata_of


def url_of(database: Database) -> str:
    return database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


@pytest.mark.parametrize("service", SERVICES)
def test_the_code_needs_the_newest_migration(service: str) -> None:
    assert ScriptDirectory(str(schema.migrations_of(service))).get_current_head() == schema.needed(service)


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_make_what_the_mapped_classes_say(database_of: Callable[[str], Database], service: str) -> None:
    migrations.differences(service, url_of(database_of(service)), metadata_of(service)[1])


def test_a_new_migration_becomes_the_one_that_the_code_needs(
    database_of: Callable[[str], Database], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(schema.migrations_of("gateway"), tmp_path / "services" / "gateway" / "migrations")
    monkeypatch.setattr(schema, "ROOT", tmp_path)
    database, before = database_of("gateway"), schema.needed("gateway")
    wanted = MetaData()
    for table in metadata_of("gateway")[1].sorted_tables:
        table.to_metadata(wanted)
    Table("novelty", wanted, Column("id", Integer, primary_key=True))
    migrations.revise("gateway", url_of(database), wanted, "add novelty")
    assert schema.needed("gateway") != before
    migrations.upgrade("gateway", url_of(database), wanted)
    with database.reading() as session:
        assert schema.present(session) == schema.needed("gateway")
    migrations.differences("gateway", url_of(database), wanted)
    migrations.downgrade("gateway", url_of(database), wanted, before)
    with database.reading() as session:
        assert schema.present(session) == before
