"""One role and one database per service: nobody can read a neighbour's."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from deploy.local import secrets
from deploy.local.ports import HOST


def url(role: str, password: str, host: str, port: int) -> str:
    """The address of a role's database, which has its name."""
    return f"postgresql://{role}:{password}@{host}:{port}/{role}"


def urls(folder: Path, port: int, services: Iterable[str]) -> dict[str, str]:
    """The address of each service's database here; passwords are kept in `folder`."""
    return {name: url(name, secrets.password(folder / f"{name}_database"), HOST, port) for name in services}


def ensure(superuser_url: str, addresses: Mapping[str, str]) -> None:
    """Create the roles and databases that are missing."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for name, url in addresses.items():
            _ensure_role(connection, name, str(conninfo_to_dict(url)["password"]))
            _ensure_database(connection, name)


def _ensure_role(connection: psycopg.Connection, name: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if known else "CREATE"
    statement = sql.SQL(f"{verb} ROLE {{}} LOGIN PASSWORD {{}}").format(sql.Identifier(name), sql.Literal(password))
    connection.execute(statement)


def _ensure_database(connection: psycopg.Connection, name: str) -> None:
    database = sql.Identifier(name)
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, database))
    connection.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(database))
