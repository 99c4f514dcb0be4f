"""What the gateway does by the clock, beside its requests: it has no worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from shared.runtime import Runtime
from shared.telemetry import log
from shared.ticks import Schedule, every
from shared.web import idempotency

TICKS = {"purge_answers": every(timedelta(hours=1), idempotency.purge)}
PAUSE_SECONDS = 60.0


@asynccontextmanager
async def ticking(runtime: Runtime) -> AsyncIterator[None]:
    """Do what is due while the block runs. A database that does not answer is asked again a minute later."""
    task = asyncio.create_task(_run(Schedule(TICKS, runtime)))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _run(schedule: Schedule) -> None:
    while True:
        done = 0
        try:
            done = await asyncio.to_thread(schedule.run_due)
        except SQLAlchemyError as error:
            log.warning("a tick failed", error=type(error).__name__)
        if not done:
            await asyncio.sleep(PAUSE_SECONDS)
