"""What every service's `migrations/env.py` runs: one transaction, one migrating process at a time."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import text

LOCK = 7300
WAIT = "SET lock_timeout = '5s'"


def run() -> None:
    """Run migrations on the engine and metadata that `shared.migrations` put into the configuration."""
    attributes = context.config.attributes
    with attributes["engine"].begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(text(WAIT))
        context.configure(
            connection=connection,
            target_metadata=attributes["metadata"],
            compare_type=True,
            transaction_per_migration=False,
            render_item=_plain_types,
        )
        with context.begin_transaction():
            context.run_migrations()
    attributes["engine"].dispose()


def _plain_types(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Our own column types are plain ones to the database: a migration must not import code that changes."""
    if kind == "type" and type(item).__module__.startswith("shared."):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False
