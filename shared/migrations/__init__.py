"""Schema migrations: Alembic, run from code, one chain per service beside its nouns."""

from alembic import command
from alembic.config import Config
from alembic.script import Script
from sqlalchemy import MetaData, create_engine

from shared import due, erasure, linking, ownership, retention, schema  # noqa: F401 - tables that every database has
from shared.db import SharedBase


def upgrade(service: str, url: str, metadata: MetaData) -> None:
    """Bring a database to the schema that the code needs; nothing happens when it is there already."""
    command.upgrade(_config(service, url, metadata), schema.needed(service))


def downgrade(service: str, url: str, metadata: MetaData, revision: str) -> None:
    """Step back to an older schema."""
    command.downgrade(_config(service, url, metadata), revision)


def revise(service: str, url: str, metadata: MetaData, message: str) -> None:
    """Write a new migration from the difference between the mapped classes and a migrated database."""
    written = command.revision(_config(service, url, metadata), message, autogenerate=True)
    if isinstance(written, Script):
        schema.head_file(service).write_text(f"{written.revision}\n", encoding="utf-8")


def differences(service: str, url: str, metadata: MetaData) -> None:
    """Raise when the mapped classes say more than the migrations do."""
    command.check(_config(service, url, metadata))


def _config(service: str, url: str, metadata: MetaData) -> Config:
    config = Config()
    config.set_main_option("script_location", str(schema.migrations_of(service)))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes.update(
        engine=create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1), hide_parameters=True),
        metadata=[metadata, SharedBase.metadata],
    )
    return config
