from collections.abc import Iterator

import pytest

from shared.db import Database
from shared.runtime import Runtime
from shared.testing.databases import Databases
from shared.testing.plugin import SettingsFactory
from tests.scoring.challengers.worlds import NOW, fill, trained


@pytest.fixture(scope="package")
def untrained(databases: Databases, settings_for: SettingsFactory) -> Iterator[Runtime]:
    """The shop before any training; nobody may change it."""
    url = databases.clone("scoring")
    database = Database(url)
    runtime = Runtime("scoring", settings_for(scoring_database_url=url), database, lambda: NOW)
    fill(runtime)
    yield runtime
    database.close()


@pytest.fixture(scope="package")
def world(databases: Databases, settings_for: SettingsFactory) -> Iterator[Runtime]:
    """The shop with all kinds trained and in force."""
    url = databases.clone("scoring")
    database = Database(url)
    runtime = Runtime("scoring", settings_for(scoring_database_url=url), database, lambda: NOW)
    fill(runtime)
    trained(runtime)
    yield runtime
    database.close()
