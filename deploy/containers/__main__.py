"""`python -m deploy.containers secrets | databases | healthy`: preparing a deployment of containers."""

import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Annotated

import typer

from deploy.local import databases as database_setup
from deploy.local import secrets as secret_files
from shared.settings import SERVICES

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def secrets(folder: Path, postgres_folder: Path) -> None:
    """Make the keys and passwords that are missing; the administrator's password lies where PostgreSQL reads it."""
    secret_files.keyring_file(folder / "keyring.json")
    secret_files.key_file(folder / "lookup.key")
    for service in SERVICES:
        secret_files.key_file(folder / f"{service}_internal.key")
    secret_files.write_private(folder / "pgpass", _pgpass(folder))
    secret_files.password(postgres_folder / "password")
    (postgres_folder / "password").chmod(0o444)  # another account of another image; the volume is mounted nowhere else


@app.command()
def databases(host: str, folder: Path, postgres_folder: Path, port: int = 5432) -> None:
    """Make the roles and databases that are missing."""
    superuser = database_setup.url("postgres", secret_files.password(postgres_folder / "password"), host, port)
    passwords = {service: secret_files.password(folder / f"{service}_database") for service in SERVICES}
    database_setup.ensure(
        superuser,
        {service: database_setup.url(service, word, host, port) for service, word in passwords.items()},
    )


@app.command()
def healthy(port: Annotated[int, typer.Argument(min=1, max=65535)]) -> None:
    """Succeed when the process of this container is ready."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            sys.exit(0 if answer.status == 200 else 1)
    except (urllib.error.URLError, OSError):
        sys.exit(1)


def _pgpass(folder: Path) -> str:
    """One line per role, as libpq reads them."""
    words = {service: secret_files.password(folder / f"{service}_database") for service in SERVICES}
    return "".join(f"*:*:{service}:{service}:{word}\n" for service, word in words.items())


if __name__ == "__main__":
    app()
