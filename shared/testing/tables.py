"""Making the tables of a service for its test template."""

import importlib
from datetime import UTC, datetime

from sqlalchemy import MetaData

from shared.cli import Service
from shared.db import Database, SharedBase
from shared.migrations.commands import migrate
from shared.runtime import Runtime
from shared.settings import Settings

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def create_tables(service: str, url: str) -> None:
    """Migrate an empty database as the service does itself, seeds included; `shared` has the shared tables alone."""
    database = Database(url, pool_size=2)
    if service == "shared":
        SharedBase.metadata.create_all(database.engine)
    else:
        settings = Settings.model_validate({"env": "test", f"{service}_database_url": url})
        migrate(_service(service), Runtime(service, settings, database, lambda: NOW))
    database.close()


def metadata_of(service: str) -> list[MetaData]:
    """The shared tables and the service's own."""
    return [SharedBase.metadata, _service(service).metadata]


def _service(name: str) -> Service:
    """By name: a test of one service needs no other, and a test of none needs none."""
    found: Service = importlib.import_module(f"services.{name}.__main__").SERVICE
    return found
