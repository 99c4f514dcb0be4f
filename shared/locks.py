"""Being alone with something: until the transaction ends, or for as long as a process has it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.db import Database
from shared.runtime import Runtime

ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
HELD = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))")


def alone(session: Session, name: str) -> None:
    """Wait until no other transaction of this service is alone with the same name, and keep others waiting."""
    session.execute(ALONE, {"name": name})


@contextmanager
def held(runtime: Runtime, name: str) -> Iterator[bool]:
    """Whether nobody else holds the name; it is ours until the block, or this process, ends."""
    database = Database(runtime.settings.database_url(runtime.service, direct=True), pool_size=1)
    try:
        with database.engine.connect() as connection:
            own = connection.execution_options(isolation_level="AUTOCOMMIT")
            yield bool(own.scalar(HELD, {"name": name}))
    finally:
        database.close()
