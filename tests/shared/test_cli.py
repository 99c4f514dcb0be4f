"""The command line of a service."""

import os
import subprocess
import sys
from collections.abc import Callable

from sqlalchemy import text
from typer.testing import CliRunner

from services.engagement.__main__ import SERVICE
from shared import schema
from shared.cli import commands
from shared.db import Database
from shared.settings import SERVICES
from shared.testing.plugin import SettingsFactory
from shared.testing.processes import environment_of


def test_a_process_that_changes_no_schema_never_imports_alembic() -> None:
    mains = ", ".join(f"services.{service}.__main__" for service in SERVICES)
    asked = f"import sys, {mains}; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_every_command_is_listed() -> None:
    listed = CliRunner().invoke(commands(SERVICE), ["--help"]).output
    for command in ("api", "worker", "migrate", "revision", "job", "republish", "rotate-keys"):
        assert command in listed


def test_a_command_that_is_refused_says_why_in_one_sentence(settings_for: SettingsFactory) -> None:
    environment = os.environ | environment_of(settings_for(scoring_database_url="postgresql://nobody@127.0.0.1/none"))
    command = [sys.executable, "-m", "services.scoring", "republish", "--type", "scoring.weather.changed"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("This service does not publish scoring.weather.changed; it has scoring.")
    assert done.stderr.count("\n") == 1


def test_migrating_makes_schema_and_seeds_and_may_be_repeated(
    database_of: Callable[[str], Database], settings_for: SettingsFactory
) -> None:
    database = database_of("engagement")
    with database.transaction() as session:
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    environment = os.environ | environment_of(settings_for(engagement_database_url=url))
    for _ in range(2):
        subprocess.run([sys.executable, "-m", "services.engagement", "migrate"], env=environment, check=True)
    with database.reading() as session:
        assert schema.present(session) == schema.needed("engagement")
        assert session.scalar(text("SELECT count(*) FROM template"))
