"""Clocks of service levels, counted minute by minute by whoever does not trust the fold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.engagement.slas.rules import Signal
from tests.engagement.business_hours.test_rules import is_worked

MINUTE = timedelta(minutes=1)


@dataclass
class Walked:
    """A clock and the minutes that it counted."""

    metric: str
    cycle: int
    started_at: datetime
    counted: int = 0
    paused: bool = False
    met_at: datetime | None = None
    cancelled_at: datetime | None = None
    breached_at: datetime | None = None
    deadline: datetime | None = None

    @property
    def runs(self) -> bool:
        return not (self.met_at or self.cancelled_at)


def walk(signals: Sequence[Signal], now: datetime) -> list[Walked]:
    """All clocks at `now`. Signals come at whole minutes, and always bring the same hours."""
    clocks: list[Walked] = []
    targets: Any = signals[0].targets
    left, at = list(signals), signals[0].at
    while True:
        while left and left[0].at == at:
            signal = left.pop(0)
            targets = signal.targets or targets
            _heed(clocks, signal, targets)
            _dispute(clocks, signal)
            _judge(clocks, targets, at)
        if at >= now:
            return clocks
        for clock in clocks:
            clock.counted += clock.runs and not clock.paused and is_worked(targets.hours, at)
        at += MINUTE
        _judge(clocks, targets, at)


def due(clock: Walked, targets: Any, at: datetime, limit: datetime) -> datetime | None:
    """When a running clock runs out if nothing happens; None if not by the limit."""
    if clock.deadline is not None:
        return clock.deadline if clock.deadline < limit else None
    counted = clock.counted
    if counted >= targets.minutes[clock.metric]:
        return clock.breached_at
    while at < limit:
        counted += is_worked(targets.hours, at)
        at += MINUTE
        if counted == targets.minutes[clock.metric]:
            return at
    return None


def _judge(clocks: list[Walked], targets: Any, at: datetime) -> None:
    for clock in clocks:
        if clock.runs and clock.breached_at is None and _is_over(clock, targets, at):
            clock.breached_at = at


def _is_over(clock: Walked, targets: Any, at: datetime) -> bool:
    if clock.deadline is not None:
        return at >= clock.deadline
    return bool(clock.counted >= targets.minutes[clock.metric])


def _heed(clocks: list[Walked], signal: Signal, targets: Any) -> None:
    running = [one for one in clocks if one.runs and one.metric != "dispute"]
    answers = [one for one in running if one.metric != "resolution"]
    ends = [one for one in running if one.metric == "resolution"]
    kind, at = signal.kind, signal.at

    def start(metric: str) -> None:
        if metric in targets.minutes:
            clocks.append(Walked(metric, 1 + sum(one.metric == metric for one in clocks), at))

    if kind == "opened":
        start("first_response")
        start("resolution")
    elif kind == "answered":
        for one in answers:
            one.met_at = at
    elif kind == "asked" and not answers:
        start("next_response")
    elif kind in ("paused", "resumed"):
        for one in ends:
            one.paused = kind == "paused"
    elif kind in ("resolved", "stopped", "dropped"):
        for one in running:
            one.paused = False
            one.met_at, one.cancelled_at = (at, None) if kind == "resolved" else (None, at)
    elif kind == "reopened":
        start("resolution")
    elif kind == "retargeted":
        for one in running:
            if one.metric not in targets.minutes:
                one.cancelled_at = at


def _dispute(clocks: list[Walked], signal: Signal) -> None:
    if signal.kind not in ("disputed", "decided", "dropped"):
        return
    for one in clocks:
        if one.runs and one.metric == "dispute":
            one.met_at, one.cancelled_at = (signal.at, None) if signal.kind == "decided" else (None, signal.at)
    if signal.deadline is not None:
        cycle = 1 + sum(one.metric == "dispute" for one in clocks)
        clocks.append(Walked("dispute", cycle, signal.at, deadline=signal.deadline))
