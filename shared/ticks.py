"""Periodic work of a service: a table name -> (period, use case), run by the worker's tick thread.

Short periods drain queues whose rows are claimed with SKIP LOCKED, so every worker may run them at once. From a minute
upwards the next time is a row, so that a restart neither repeats nor skips, and one worker takes the turn.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column

from shared.db import NOTHING, SharedBase, put
from shared.hands import spread
from shared.pace import rest
from shared.runtime import Runtime
from shared.telemetry import metrics

KEPT_FROM = timedelta(minutes=1)
MOMENT = 0.25  # seconds

TickUseCase = Callable[[Runtime], int]


@dataclass(frozen=True, slots=True)
class Tick:
    """A use case, how long it rests, how many things it does at once when more are waiting, and with how many hands."""

    period: timedelta
    use_case: TickUseCase
    batch: int = 1
    hands: int = 1


class TickRow(SharedBase):
    """When a rare tick runs next."""

    __tablename__ = "tick"
    name: Mapped[str] = mapped_column(primary_key=True)
    next_at: Mapped[datetime]


def every(period: timedelta, use_case: TickUseCase, *, batch: int = 1, hands: int = 1) -> Tick:
    """Run a use case each `period`; it returns how many things it did, and after a full `batch` it runs again at once.

    Where things come in a stream, a batch above 1 lets some gather: the more a round took, the longer (shared.pace).
    After a full batch so many `hands` run it side by side, each in a thread, as so many workers would.
    """
    return Tick(period, use_case, batch, hands)


class Schedule:
    """The ticks of one process and when each is next."""

    def __init__(self, ticks: Mapping[str, Tick], runtime: Runtime) -> None:
        self._ticks = ticks
        self._runtime = runtime
        self._next: dict[str, datetime] = dict.fromkeys(ticks, runtime.now())
        self._unfinished: set[str] = set()  # whose turn is ours until they find nothing more to do

    def run_due(self) -> int:
        """Run every tick whose time has come, once each; how many things they did."""
        return sum(
            self._run(name, tick) for name, tick in self._ticks.items() if self._next[name] <= self._runtime.now()
        )

    def idle(self) -> float:
        """Seconds until a tick's time comes; a moment at most, because a clock may be moved."""
        until = [(at - self._runtime.now()).total_seconds() for at in self._next.values()]
        return max(0.0, min([*until, MOMENT]))

    def _run(self, name: str, tick: Tick) -> int:
        began, done = time.monotonic(), 0
        if self._may_run(name, tick):
            with metrics.TICK_SECONDS.labels(self._runtime.service, name).time():
                done = self._work(tick, tick.hands if name in self._unfinished else 1)
        again = done >= tick.batch
        (self._unfinished.add if again else self._unfinished.discard)(name)
        pause = timedelta() if again else _pause(tick, time.monotonic() - began)
        self._next[name] = self._runtime.now() + pause
        return done

    def _work(self, tick: Tick, hands: int) -> int:
        if hands == 1:
            return tick.use_case(self._runtime)
        return sum(spread(lambda _: tick.use_case(self._runtime), range(hands), hands))

    def _may_run(self, name: str, tick: Tick) -> bool:
        kept = tick.period >= KEPT_FROM and name not in self._unfinished
        return not kept or take_turn(self._runtime, name, tick.period)


def _pause(tick: Tick, worked: float) -> timedelta:
    period = min(tick.period, KEPT_FROM)
    return timedelta(seconds=rest(worked, period.total_seconds())) if tick.batch > 1 else period


def take_turn(runtime: Runtime, name: str, period: timedelta) -> bool:
    """Whether the tick is due and ours to run; its next time is set before it runs, so it never runs twice."""
    now = runtime.now()
    with runtime.database.transaction() as session:
        put(session, TickRow, [{"name": name, "next_at": now}], on_conflict=NOTHING)
        row = session.scalars(
            select(TickRow).where(TickRow.name == name, TickRow.next_at <= now).with_for_update(skip_locked=True)
        ).one_or_none()
        if row is not None:
            row.next_at = now + period
            session.flush()
        return row is not None
