"""From what happened to the clocks: a fold, so that counting anew gives what was counted. Pure.

`first_response` runs from the opening to the first answer; `next_response` from each word of the customer that waits
for one; `resolution` from the opening, and anew from each reopening, to the end, but not while it is paused. `dispute`
runs, by the calendar and whatever becomes of the rest, to a deadline that an outside body set. What comes at the very
instant it is due comes too late.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from services.engagement.business_hours.rules import Hours, Span, deadline
from services.engagement.slas.policies.schemas import CLOCKS, METRICS, Metric

Promised = Literal["opened", "retargeted", "answered", "asked", "paused", "resumed", "resolved", "reopened", "stopped"]
Happening = Promised | Literal["disputed", "decided", "dropped"]
ANSWERS: tuple[Metric, ...] = ("first_response", "next_response")


class Level(NamedTuple):
    """That somebody is told when so many percent of the time of a clock are over."""

    metric: str
    percent: int
    to: str


class Targets(NamedTuple):
    """What was promised: working minutes by metric, in which hours, and who is told."""

    minutes: Mapping[str, int]
    hours: Hours
    levels: Sequence[Level]


class Signal(NamedTuple):
    """Something that happened; an opening and a new promise bring `targets`, a dispute its `deadline` if it has one."""

    at: datetime
    kind: Happening
    targets: Targets | None = None
    deadline: datetime | None = None


@dataclass
class Clock:
    """One clock. It ends met or cancelled; `breached_at` says that it ran out, `told` when each level was reached.

    `due_at` heeds the pauses that are over; while it is paused nothing is due. `fixed`: set from outside.
    """

    metric: Metric
    cycle: int
    started_at: datetime
    minutes: int
    due_at: datetime | None = None
    fixed: bool = False
    met_at: datetime | None = None
    cancelled_at: datetime | None = None
    breached_at: datetime | None = None
    paused_at: datetime | None = None
    pauses: list[Span] = field(default_factory=list)
    told: dict[int, datetime] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.met_at is None and self.cancelled_at is None


class Instant(NamedTuple):
    """When a clock runs out (level None) or reaches a level."""

    at: datetime
    level: Level | None


@dataclass
class History:
    """The fold: what was promised and since when, and all clocks so far."""

    targets: Targets
    since: datetime
    clocks: list[Clock] = field(default_factory=list)

    def running(self, *metrics: Metric) -> list[Clock]:
        """Clocks of these metrics that have not ended."""
        return [one for one in self.clocks if one.runs and one.metric in metrics]


def clocks(signals: Sequence[Signal], now: datetime) -> list[Clock]:
    """All clocks of a subject as they stand now. The first signal opens it; none lies before the one before it."""
    first = signals[0]
    if first.targets is None:
        raise ValueError("an opening says what is promised")
    history = History(first.targets, first.at)
    _start(history, ("first_response", "resolution"), first.at)
    for signal in signals[1:]:
        _let_pass(history, signal.at)
        _apply(history, signal)
    _let_pass(history, now)
    return history.clocks


def upcoming(clock: Clock, targets: Targets) -> list[Instant]:
    """What is still to come of a clock if nothing happens, in order; of a paused one what came before the pause."""
    if not clock.runs:
        return []
    levels = [one for one in targets.levels if one.metric == clock.metric and one.percent not in clock.told]
    reached: list[tuple[datetime | None, Level | None]] = [(_after(clock, targets, one.percent), one) for one in levels]
    if clock.breached_at is None:
        reached.append((clock.due_at, None))
    paused = clock.paused_at
    coming = [Instant(at, level) for at, level in reached if at is not None and (paused is None or at <= paused)]
    return sorted(coming, key=lambda one: one.at)


def _let_pass(history: History, until: datetime) -> None:
    """Let clocks run out and levels be reached by an instant. A new promise breaks nothing before it was made."""
    for clock in history.running(*CLOCKS):
        for at, level in upcoming(clock, history.targets):
            if at > until:
                break
            noted = max(at, history.since, clock.started_at)
            if level is None:
                clock.breached_at = noted
            else:
                clock.told[level.percent] = noted


def _apply(history: History, signal: Signal) -> None:
    at = signal.at
    match signal.kind:
        case "retargeted":
            _promise(history, signal)
        case "answered":
            _end(history.running(*ANSWERS), met_at=at)
        case "asked" if not history.running(*ANSWERS):
            _start(history, ("next_response",), at)
        case "paused":
            for clock in history.running("resolution"):
                clock.paused_at = clock.paused_at or at
        case "resumed":
            _resume(history, at)
        case "resolved":
            _resume(history, at)
            _end(history.running(*METRICS), met_at=at)
        case "reopened":
            _start(history, ("resolution",), at)
        case "stopped":
            _resume(history, at)
            _end(history.running(*METRICS), cancelled_at=at)
        case "dropped":
            _resume(history, at)
            _end(history.running(*CLOCKS), cancelled_at=at)
        case "disputed":
            _dispute(history, signal)
        case "decided":
            _end(history.running("dispute"), met_at=at)


def _promise(history: History, signal: Signal) -> None:
    """Count what runs anew from its beginning, by what is promised now."""
    history.targets, history.since = signal.targets or history.targets, signal.at
    for clock in history.running(*METRICS):
        minutes = history.targets.minutes.get(clock.metric)
        if minutes is None:
            clock.cancelled_at, clock.paused_at = signal.at, None
        else:
            clock.minutes = minutes
            clock.due_at = _after(clock, history.targets)
    _let_pass(history, signal.at)


def _resume(history: History, at: datetime) -> None:
    for clock in history.running("resolution"):
        if clock.paused_at is not None:
            clock.pauses.append((clock.paused_at, at))
            clock.paused_at = None
            clock.due_at = _after(clock, history.targets)


def _start(history: History, metrics: Iterable[Metric], at: datetime) -> None:
    for metric in metrics:
        if metric in history.targets.minutes:
            cycle = 1 + sum(one.metric == metric for one in history.clocks)
            clock = Clock(metric, cycle, at, history.targets.minutes[metric])
            clock.due_at = _after(clock, history.targets)
            history.clocks.append(clock)


def _dispute(history: History, signal: Signal) -> None:
    """Run to the deadline that counts from now on, if there is one."""
    _end(history.running("dispute"), cancelled_at=signal.at)
    if signal.deadline is not None:
        cycle = 1 + sum(one.metric == "dispute" for one in history.clocks)
        minutes = max(0, (signal.deadline - signal.at) // timedelta(minutes=1))
        history.clocks.append(Clock("dispute", cycle, signal.at, minutes, due_at=signal.deadline, fixed=True))


def _end(ending: Iterable[Clock], *, met_at: datetime | None = None, cancelled_at: datetime | None = None) -> None:
    for clock in ending:
        clock.met_at, clock.cancelled_at = met_at, cancelled_at


def _after(clock: Clock, targets: Targets, percent: int = 100) -> datetime | None:
    amount = timedelta(minutes=clock.minutes) * percent / 100
    if clock.fixed:
        return clock.started_at + amount
    return deadline(targets.hours, clock.started_at, amount, clock.pauses)
