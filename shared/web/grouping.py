"""Concurrent single posts share one transaction: what waited while the last one ran is the next group.

A single post begins at once. Where several shared a transaction, their callers come back together, one by one: the next
group waits a moment for as many, because a transaction costs nearly as much for one of them as for all. As long as the
last one took is a moment: a slow machine is slow in bringing them back as well.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import exc
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from shared.deadlocks import unless_deadlocked
from shared.errors import Unavailable
from shared.runtime import Runtime
from shared.telemetry import metrics
from shared.web.idempotency import KEYED

T = TypeVar("T")
R = TypeVar("R")

MOST = 100
MOST_WAITING = 2_000
MOMENT, LONGEST = 0.005, 0.05  # seconds

UseCase = Callable[[Session, Sequence[T], datetime], Sequence[R]]


class Grouped(Generic[T, R]):
    """A list use case as a door for single items, declared once beside the endpoint that uses it."""

    def __init__(self, use_case: UseCase[T, R]) -> None:
        self.use_case = use_case

    async def submit(self, item: T) -> R:
        """The item's own result, after the transaction that holds it was committed; raises what it raised."""
        groups = GROUPS.get()
        session = KEYED.get()
        if session is not None:  # its answer is stored under a key, in the transaction of its effect
            return (await run_in_threadpool(self.use_case, session, [item], groups.runtime.now()))[0]
        result: R = await groups.of(self).submit(item)
        return result


@dataclass(slots=True)
class Waiter:
    """One item and who waits for its result."""

    item: Any
    future: "asyncio.Future[Any]"
    context: Context

    def tell(self, outcome: "Outcome") -> None:
        """Hand over the result or what was raised, unless nobody waits any more."""
        if self.future.done():
            return
        if outcome.error is None:
            self.future.set_result(outcome.result)
        else:
            self.future.set_exception(outcome.error)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item."""

    result: Any = None
    error: BaseException | None = None


class Group:
    """What waits for one use case, on the event loop, and the thread that does one group after the other."""

    def __init__(self, use_case: UseCase[Any, Any], runtime: Runtime) -> None:
        self._use_case = use_case
        self._runtime = runtime
        self._waiting: list[Waiter] = []
        self._running: list[Waiter] = []
        self._work: Future[None]
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._usual = 1  # how many there were when the last group ended, it included
        self._moment = MOMENT
        self._size = metrics.GROUPING_BATCH_SIZE.labels(runtime.service, use_case.__qualname__)
        self._thread = ThreadPoolExecutor(1, f"group {use_case.__name__}")

    async def submit(self, item: Any) -> Any:
        """The result of the item."""
        if self._closed:
            raise Unavailable("The service is shutting down; try again.", code="draining")
        if len(self._waiting) >= MOST_WAITING:
            raise Unavailable("Too many requests wait already; try again.", code="overloaded")
        waiter = Waiter(item, asyncio.get_running_loop().create_future(), copy_context())
        self._waiting.append(waiter)
        self._consider()
        return await waiter.future

    async def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._closed = True
        self._consider()
        while self._running:
            await asyncio.wait([asyncio.wrap_future(self._work)])
        self._thread.shutdown()

    def _consider(self) -> None:
        """Begin the next group, or wait a moment for as many as there were when the last one ended."""
        if self._running or not self._waiting:
            return
        if len(self._waiting) >= self._usual or self._closed:
            self._begin()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._moment, self._begin)

    def _begin(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._running, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        self._size.observe(len(self._running))
        self._work = self._thread.submit(self._run, self._running, asyncio.get_running_loop())

    def _run(self, group: Sequence[Waiter], loop: asyncio.AbstractEventLoop) -> None:
        began = time.monotonic()
        outcomes = self._done(group)
        took = time.monotonic() - began
        loop.call_soon_threadsafe(self._end, outcomes, took)  # all at once: each would wake the loop again

    def _end(self, outcomes: Sequence[Outcome], took: float) -> None:
        group, self._running = self._running, []
        self._usual = min(len(group) + len(self._waiting), MOST)
        self._moment = max(MOMENT, min(took, LONGEST))
        for waiter, outcome in zip(group, outcomes, strict=True):
            waiter.tell(outcome)
        self._consider()

    def _done(self, group: Sequence[Waiter]) -> list[Outcome]:
        """Run a group; each of it alone when it fails, because a bad item must not fail the others."""
        try:
            # The first one's trace stands for the group.
            results = group[0].context.run(self._together, [waiter.item for waiter in group])
        except BaseException as error:
            if len(group) == 1 or _concerns_all(error):
                return [Outcome(error=error)] * len(group)
            return [outcome for waiter in group for outcome in self._done([waiter])]
        return [Outcome(result) for result in results]

    def _together(self, items: Sequence[Any]) -> Sequence[Any]:
        with self._runtime.database.transaction() as session:
            results = unless_deadlocked(lambda: self._use_case(session, items, self._runtime.now()), session.rollback)
            if len(results) != len(items):
                raise AssertionError(f"{self._use_case.__qualname__} answered {len(results)} of {len(items)} items")
        return results


def _concerns_all(error: BaseException) -> bool:
    """Whether the database is away, so that trying each item would only take longer."""
    lost = isinstance(error, exc.DBAPIError) and (
        error.connection_invalidated or getattr(error.orig, "sqlstate", None) is None
    )
    return lost or isinstance(error, exc.TimeoutError)


@dataclass
class Groups:
    """All groups of one app."""

    runtime: Runtime
    _groups: dict[int, Group] = field(default_factory=dict)

    def of(self, grouped: Grouped[Any, Any]) -> Group:
        """The group of a door; it begins with its first item. Called on the event loop only."""
        group = self._groups.get(id(grouped))
        if group is None:
            group = self._groups[id(grouped)] = Group(grouped.use_case, self.runtime)
        return group

    async def close(self) -> None:
        """Finish what waits in all groups."""
        for group in self._groups.values():
            await group.close()


# Set for each request by the app that serves it.
GROUPS: ContextVar[Groups] = ContextVar("groups")
