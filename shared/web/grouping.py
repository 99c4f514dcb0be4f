"""Concurrent single posts share one transaction: what waited while the last one ran is the next group.

A single post begins at once. Where several shared a transaction, their callers come back together, one by one: the next
group waits a moment for as many, because a transaction costs nearly as much for one of them as for all. As long as the
last one took is a moment: a slow machine is slow in bringing them back as well.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
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

    def answer(self, result: Any) -> None:
        """Hand over the result, unless nobody waits any more."""
        if not self.future.done():
            self.future.set_result(result)

    def fail(self, error: BaseException) -> None:
        """Hand over what was raised."""
        if not self.future.done():
            self.future.set_exception(error)


class Group:
    """The queue of one use case and the thread that drains it."""

    def __init__(self, use_case: UseCase[Any, Any], runtime: Runtime) -> None:
        self._use_case = use_case
        self._runtime = runtime
        self._waiting: list[Waiter] = []
        self._changed = threading.Condition()
        self._closed = False
        self._usual = 1  # how many the last group had
        self._moment = MOMENT
        self._size = metrics.GROUPING_BATCH_SIZE.labels(runtime.service, use_case.__qualname__)
        self._thread = threading.Thread(target=self._drain, name=f"group {use_case.__name__}", daemon=True)
        self._thread.start()

    async def submit(self, item: Any) -> Any:
        """The result of the item."""
        waiter = Waiter(item, asyncio.get_running_loop().create_future(), copy_context())
        with self._changed:
            if self._closed:
                raise Unavailable("The service is shutting down; try again.", code="draining")
            if len(self._waiting) >= MOST_WAITING:
                raise Unavailable("Too many requests wait already; try again.", code="overloaded")
            self._waiting.append(waiter)
            if len(self._waiting) == 1 or len(self._waiting) >= self._usual:  # not for each: waking takes time
                self._changed.notify()
        return await waiter.future

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _drain(self) -> None:
        while group := self._next():
            self._size.observe(len(group))
            began = time.monotonic()
            for alone in self._done(group):
                self._done([alone])
            self._moment = max(MOMENT, min(time.monotonic() - began, LONGEST))

    def _next(self) -> list[Waiter]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            self._changed.wait_for(lambda: len(self._waiting) >= self._usual or self._closed, self._moment)
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            self._usual = len(group)
            return group

    def _done(self, group: list[Waiter]) -> list[Waiter]:
        """Run a group and answer it; those to be tried alone, because a bad item must not fail the others."""
        try:
            # The first one's trace stands for the group.
            results = group[0].context.run(self._together, [waiter.item for waiter in group])
        except BaseException as error:
            if len(group) > 1 and not _concerns_all(error):
                return group
            _on_loop(group, [error] * len(group), Waiter.fail)
            return []
        _on_loop(group, results, Waiter.answer)
        return []

    def _together(self, items: Sequence[Any]) -> Sequence[Any]:
        with self._runtime.database.transaction() as session:
            results = unless_deadlocked(lambda: self._use_case(session, items, self._runtime.now()), session.rollback)
            if len(results) != len(items):
                raise AssertionError(f"{self._use_case.__qualname__} answered {len(results)} of {len(items)} items")
        return results


def _on_loop(group: Sequence[Waiter], told: Sequence[Any], settle: Callable[[Waiter, Any], None]) -> None:
    """Tell all of a group at once: each would wake the event loop again."""

    def tell() -> None:
        for waiter, one in zip(group, told, strict=True):
            settle(waiter, one)

    group[0].future.get_loop().call_soon_threadsafe(tell)


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

    def close(self) -> None:
        """Finish what waits in all groups."""
        for group in self._groups.values():
            group.close()


# Set for each request by the app that serves it.
GROUPS: ContextVar[Groups] = ContextVar("groups")
