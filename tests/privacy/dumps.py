"""A database as `pg_dump` writes it, and what it says to who has the key ring."""

import subprocess
from collections.abc import Iterator

import psycopg

from deploy.local.accounts import server_account
from deploy.local.postgres import binaries
from shared import crypto
from shared.rotation import secret_columns
from shared.runtime import Runtime
from shared.testing.tables import metadata_of
from tests.privacy.seeding import unpacked

COPY, END, NULL, BYTES = "COPY public.", "\\.", "\\N", "\\\\x"


def dump(runtime: Runtime) -> str:
    """The whole database of a service, as text."""
    url = runtime.database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    tool = binaries(server_account()) / "pg_dump"
    done = subprocess.run([tool, "--dbname", url], capture_output=True, text=True, check=True)
    return done.stdout


def opened(service: str, written: str) -> Iterator[tuple[str, str]]:
    """Every value of a dump as text, secrets opened: (service.table.column, text)."""
    secret = {(table.name, column.name) for table, column in secret_columns(*metadata_of(service))}
    table, columns = "", list[str]()
    for line in written.splitlines():
        if line.startswith(COPY):
            name, _, rest = line.removeprefix(COPY).partition(" (")
            table, columns = name.strip('"'), [one.strip('"') for one in rest.partition(")")[0].split(", ")]
        elif line == END:
            table = ""
        elif table:
            for column, value in zip(columns, line.split("\t"), strict=True):
                sealed = (table, column) in secret and value != NULL
                said = _text(table, column, value) if sealed else value
                yield f"{service}.{table}.{column}", unpacked(f"{table}.{column}", said)


def _text(table: str, column: str, value: str) -> str:
    return crypto.ring().decrypt(bytes.fromhex(value.removeprefix(BYTES)), f"{table}|{column}")


def restore(url: str, written: str) -> None:
    """Put what a dump says in the place of all that a database has."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    tool = binaries(server_account()) / "psql"
    command = [str(tool), "--dbname", url, "--quiet", "--set", "ON_ERROR_STOP=1"]
    subprocess.run(command, input=written, capture_output=True, text=True, check=True)
