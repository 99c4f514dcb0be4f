"""Which revision of its schema a service's code needs, and which one a database has."""

from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

ROOT = Path(__file__).parents[1]
REVISION = text("SELECT version_num FROM alembic_version")


def migrations_of(service: str) -> Path:
    """The folder with a service's migrations."""
    return ROOT / "services" / service / "migrations"


def head_file(service: str) -> Path:
    """The file that names the newest revision, so that no process imports Alembic to know it."""
    return migrations_of(service) / "head.txt"


def needed(service: str) -> str:
    """The revision that a service's code is written for."""
    return head_file(service).read_text(encoding="utf-8").strip()


def present(session: Session) -> str | None:
    """The revision of a database; None when it was never migrated."""
    if not inspect(session.connection()).has_table("alembic_version"):
        return None
    revision: str | None = session.scalar(REVISION)
    return revision
