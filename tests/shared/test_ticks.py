"""Periodic work."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from shared import ticks
from shared.runtime import Runtime
from shared.ticks import MOMENT, Schedule, every, take_turn

RuntimeFactory = Callable[..., Runtime]


class Hand:
    """A clock that the test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def test_a_tick_that_found_work_runs_again_at_once_and_then_rests(runtime_of: RuntimeFactory, now: datetime) -> None:
    clock, work = Hand(now), [2, 1, 0, 5]
    schedule = Schedule(
        {"drain": every(timedelta(seconds=10), lambda runtime: work.pop(0))}, runtime_of("gateway", clock)
    )
    assert [schedule.run_due() for _ in range(4)] == [2, 1, 0, 0]
    clock.now += timedelta(seconds=10)
    assert schedule.run_due() == 5


def test_a_tick_of_batches_rests_by_its_work_and_others_by_the_clock(
    runtime_of: RuntimeFactory, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticks, "rest", lambda worked, least: least + 4.0)
    clock, second = Hand(now), timedelta(seconds=1)
    ran: list[str] = []

    def look(name: str) -> Callable[[Runtime], int]:
        def use_case(runtime: Runtime) -> int:
            ran.append(name)
            return 0

        return use_case

    schedule = Schedule(
        {"stream": every(second, look("stream"), batch=2), "clock": every(second, look("clock"))},
        runtime_of("gateway", clock),
    )
    for _ in range(6):
        schedule.run_due()
        clock.now += second
    assert (ran.count("stream"), ran.count("clock")) == (2, 6)


def test_after_a_full_batch_a_tick_is_run_by_all_its_hands_at_once(runtime_of: RuntimeFactory, now: datetime) -> None:
    together, found, ran = threading.Barrier(2), [5, 5, 2], list[str]()

    def use_case(runtime: Runtime) -> int:
        ran.append(threading.current_thread().name)
        if len(ran) > 1:
            together.wait(20)
        return found.pop(0)

    drain = every(timedelta(seconds=10), use_case, batch=5, hands=2)
    schedule = Schedule({"drain": drain}, runtime_of("gateway", Hand(now)))
    assert [schedule.run_due(), schedule.run_due()] == [5, 7]
    assert len(set(ran)) == 3


def test_a_schedule_idles_until_the_next_tick_or_a_moment(runtime_of: RuntimeFactory, now: datetime) -> None:
    clock = Hand(now)
    runtime = runtime_of("gateway", clock)
    schedule = Schedule({"soon": every(timedelta(milliseconds=100), lambda _: 0)}, runtime)
    assert schedule.idle() == 0
    schedule.run_due()
    assert schedule.idle() == pytest.approx(0.1)
    clock.now += timedelta(seconds=5)
    assert schedule.idle() == 0
    assert Schedule({}, runtime).idle() == MOMENT


def test_a_rare_tick_is_one_workers_turn_and_survives_a_restart(runtime_of: RuntimeFactory, now: datetime) -> None:
    clock = Hand(now)
    runtime, hour, ran = runtime_of("gateway", clock), timedelta(hours=1), list[datetime]()

    def report(runtime: Runtime) -> int:
        ran.append(clock.now)
        return 0

    def worker() -> Schedule:
        return Schedule({"report": every(hour, report)}, runtime)

    first, second = worker(), worker()
    for schedule in (first, second, worker()):
        schedule.run_due()
    assert ran == [now]
    clock.now += hour
    second.run_due()
    worker().run_due()
    assert ran == [now, now + hour]


def test_a_rare_tick_that_found_work_runs_again_in_the_same_turn(runtime_of: RuntimeFactory, now: datetime) -> None:
    clock, work, hour = Hand(now), [1000, 200, 0, 7], timedelta(hours=1)
    runtime = runtime_of("gateway", clock)
    schedule = Schedule({"purge": every(hour, lambda runtime: work.pop(0))}, runtime)
    assert [schedule.run_due() for _ in range(4)] == [1000, 200, 0, 0]
    clock.now += hour - timedelta(seconds=1)
    assert schedule.run_due() == 0
    clock.now += timedelta(seconds=61)
    assert schedule.run_due() == 7


def test_a_turn_is_taken_once(runtime_of: RuntimeFactory, now: datetime) -> None:
    runtime = runtime_of("gateway")
    assert take_turn(runtime, "daily", timedelta(days=1))
    assert not take_turn(runtime, "daily", timedelta(days=1))
