"""A service's part of an access export: everything its tables hold of one person, streamed as it is read."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

import anyio
import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from shared import holdings
from shared.db import to_json
from shared.holdings import Holding
from shared.traces import Searched, found
from shared.web.dependencies import CurrentRuntime
from shared.web.routing import INTERNAL, Router

ONE_VIEW = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
Members = Callable[[Session, UUID], Sequence[UUID]]
Traces = Callable[[Session, Sequence[UUID]], set[str]]
Files = Callable[[Session, Collection[str]], Iterator[tuple[str, Any]]]


def _ids_alone(session: Session, members: Sequence[UUID]) -> set[str]:
    return {str(one) for one in members}


def _no_files(session: Session, mentioned: Collection[str]) -> Iterator[tuple[str, Any]]:
    return iter(())


def router(
    held: Sequence[Holding],
    members: Members,
    unsorted: Sequence[Searched] = (),
    traces: Traces = _ids_alone,
    files: Files = _no_files,
) -> Router:
    """The route. `members` are all ids of a person (or it raises), `traces` what texts and files about them mention."""
    routes = Router("/internal/customers/{customer_id}", tag="Access export")

    @routes.get("/export", scope=INTERNAL, response_model=None)
    def read_export(customer_id: UUID, runtime: CurrentRuntime) -> StreamingResponse:
        """Everything known of a person, of all linked ids: `{table: [row, …]}`."""

        def rows() -> Iterator[tuple[str, Any]]:
            with runtime.database.reading() as session:
                session.execute(ONE_VIEW)
                ids = members(session, customer_id)
                mentioned = traces(session, ids)
                yield "", None  # whoever is nobody was refused by now
                yield from holdings.held(session, held, ids)
                yield from found(session, unsorted, mentioned)
                yield from files(session, mentioned)

        reading = rows()
        next(reading)
        return _Part(_written(reading), reading)

    return routes


class _Part(StreamingResponse):
    """Gives its transaction back also when the reader goes away."""

    def __init__(self, content: Iterator[bytes], reading: Any) -> None:
        super().__init__(content, media_type="application/json")
        self._reading = reading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await run_in_threadpool(self._reading.close)


def _written(rows: Iterator[tuple[str, Any]]) -> Iterator[bytes]:
    """One JSON object, a list of rows under the name of each table that has any."""
    yield b"{"
    seen: set[str] = set()
    for name, some in groupby(rows, lambda pair: pair[0]):
        title = name if name not in seen else f"{name} (mentioned)"
        yield (b"," if seen else b"") + orjson.dumps(title) + b":["
        seen.add(name)
        for at, (_, row) in enumerate(some):
            yield (b"," if at else b"") + to_json(row).encode()
        yield b"]"
    yield b"}"
