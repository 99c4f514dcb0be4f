"""The doors on a real server, and files without one."""

from collections.abc import Callable
from uuid import UUID

import pytest

from services.profile.imports import usecases
from services.profile.imports.files.usecases import Reception
from services.profile.imports.schemas import NewImport
from services.profile.imports.targets.schemas import ImportKind
from services.profile.seeding import seed
from shared.runtime import Runtime
from tests.profile.imports.exports import pieces
from tests.profile.served import _doors, doors

__all__ = ["_doors", "doors"]
PIECE = 256 * 1024


@pytest.fixture
def runtime(runtime_of: Callable[..., Runtime]) -> Runtime:
    """A process of profile on an empty, seeded database of its own."""
    made = runtime_of("profile")
    with made.database.transaction() as session:
        seed(session, made.now(), made.settings)
    return made


@pytest.fixture
def received(runtime: Runtime) -> Callable[[str], UUID]:
    """`received(text)`: the id of an import of orders that was uploaded."""

    def receive(content: str) -> UUID:
        reception = Reception(runtime.database, runtime.now())
        for piece in pieces(content.encode(), PIECE):
            reception.take(piece, None)
        body = NewImport(kind=ImportKind.ORDERS, source="shop")
        with runtime.database.transaction() as session:
            size, now = len(content), runtime.now()
            usecases.create(session, reception.import_id, body, encoding=reception.encoding(), size=size, now=now)
        return reception.import_id

    return receive
