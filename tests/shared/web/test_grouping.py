"""Concurrent single posts share transactions."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.errors import Invalid, Unavailable
from shared.runtime import Runtime
from shared.web import grouping
from shared.web.grouping import GROUPS, MOST, Grouped, Groups
from tests.shared.web.conftest import Served
from tests.shared.web.jars import jar

UNLUCKY = 1313


class Doubler:
    """A use case that writes down how it was called, and waits for a sign before its first group ends."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.transactions: list[int] = []
        self.go, self.begun = threading.Event(), threading.Event()
        self.__qualname__ = self.__name__ = "doubler"

    def __call__(self, session: Session, items: Sequence[int], now: datetime) -> list[int]:
        self.groups.append(list(items))
        self.begun.set()
        self.transactions.append(session.scalar(text("SELECT pg_current_xact_id()::text::bigint")) or 0)
        assert self.go.wait(20)
        if UNLUCKY in items:
            raise Invalid("it brings bad luck")
        return [item * 2 for item in items]


@pytest.fixture
def groups(example_runtime: Runtime) -> Iterator[Groups]:
    made = Groups(example_runtime)
    GROUPS.set(made)
    yield made
    asyncio.run(made.close())


def _together(doubler: Doubler, items: Sequence[int]) -> list[Any]:
    """The first item's group runs while the others come; then it is let go."""
    grouped: Grouped[int, int] = Grouped(doubler)

    async def run() -> list[Any]:
        tasks = [asyncio.create_task(grouped.submit(items[0]))]
        await asyncio.to_thread(doubler.begun.wait, 20)
        tasks += [asyncio.create_task(grouped.submit(item)) for item in items[1:]]
        await asyncio.sleep(0)
        doubler.go.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    return asyncio.run(run())


def test_what_waited_while_a_group_ran_is_the_next_group(groups: Groups) -> None:
    doubler = Doubler()
    assert _together(doubler, range(6)) == [0, 2, 4, 6, 8, 10]
    assert doubler.groups == [[0], [1, 2, 3, 4, 5]]
    assert len(set(doubler.transactions)) == 2


def test_a_group_waits_for_as_many_as_the_last_one_had(groups: Groups, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MOMENT", 20.0)
    doubler = Doubler()
    grouped: Grouped[int, int] = Grouped(doubler)

    async def run() -> list[int]:
        first = asyncio.create_task(grouped.submit(0))
        await asyncio.to_thread(doubler.begun.wait, 20)
        others = [asyncio.create_task(grouped.submit(item)) for item in (1, 2, 3)]
        await asyncio.sleep(0)
        doubler.go.set()
        await first
        await asyncio.gather(grouped.submit(4), *others)
        again = [asyncio.create_task(grouped.submit(item)) for item in (5, 6, 7)]
        for _ in range(100):
            await asyncio.sleep(0)
        assert doubler.groups == [[0], [1, 2, 3, 4]]
        return [await grouped.submit(8), *await asyncio.gather(*again)]

    assert asyncio.run(run()) == [16, 10, 12, 14]
    assert doubler.groups == [[0], [1, 2, 3, 4], [5, 6, 7, 8]]


def test_a_group_begins_although_fewer_come_than_before(groups: Groups) -> None:
    doubler = Doubler()
    grouped: Grouped[int, int] = Grouped(doubler)

    async def run() -> list[int]:
        first = asyncio.create_task(grouped.submit(0))
        await asyncio.to_thread(doubler.begun.wait, 20)
        others = [asyncio.create_task(grouped.submit(item)) for item in (1, 2, 3)]
        await asyncio.sleep(0)
        doubler.go.set()
        await asyncio.gather(first, *others)
        return [await grouped.submit(4), await grouped.submit(5)]

    assert asyncio.run(run()) == [8, 10]
    assert doubler.groups == [[0], [1, 2, 3], [4], [5]]


def test_a_group_has_a_largest_size(groups: Groups) -> None:
    doubler = Doubler()
    items = range(2 * MOST + 2)
    assert _together(doubler, items) == [item * 2 for item in items]
    assert [len(group) for group in doubler.groups] == [1, MOST, MOST, 1]


def test_a_bad_item_fails_alone(groups: Groups) -> None:
    doubler = Doubler()
    answers = _together(doubler, [1, 2, UNLUCKY, 3])
    assert [a for a in answers if isinstance(a, int)] == [2, 4, 6]
    assert isinstance(answers[2], Invalid)
    assert doubler.groups == [[1], [2, UNLUCKY, 3], [2], [UNLUCKY], [3]]


def test_what_ends_the_connection_fails_the_group_without_trying_each(groups: Groups) -> None:
    calls = 0

    def lose(session: Session, items: Sequence[int], now: datetime) -> list[int]:
        nonlocal calls
        calls += 1
        begun.set()
        if calls > 1:
            session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        go.wait(20)
        return list(items)

    go, begun = threading.Event(), threading.Event()
    grouped: Grouped[int, int] = Grouped(lose)

    async def run() -> list[Any]:
        first = asyncio.create_task(grouped.submit(0))
        await asyncio.to_thread(begun.wait, 20)
        others = [asyncio.create_task(grouped.submit(item)) for item in (1, 2, 3)]
        await asyncio.sleep(0)
        go.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    first, *others = asyncio.run(run())
    assert first == 0
    assert [type(other) for other in others] == [OperationalError] * 3
    assert calls == 2


def test_a_group_that_was_the_victim_of_a_deadlock_is_done_again(groups: Groups) -> None:
    calls: list[int] = []

    def lose(session: Session, items: Sequence[int], now: datetime) -> list[int]:
        calls.extend(items)
        if len(calls) == 1:
            session.execute(text("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"))
        return list(items)

    grouped: Grouped[int, int] = Grouped(lose)
    assert (asyncio.run(grouped.submit(7)), calls) == (7, [7, 7])


def test_a_result_comes_only_after_the_commit(groups: Groups, example_runtime: Runtime) -> None:
    def insert(session: Session, items: Sequence[int], now: datetime) -> list[int]:
        session.execute(text("INSERT INTO late (id, other) VALUES (7, 99)"))
        return list(items)

    grouped: Grouped[int, int] = Grouped(insert)
    with pytest.raises(Exception, match="late_other_fkey"):
        asyncio.run(grouped.submit(1))


def test_a_use_case_that_forgets_an_item_is_a_bug_and_not_a_wrong_answer(groups: Groups) -> None:
    forgetful: Grouped[int, int] = Grouped(lambda session, items, now: [])
    with pytest.raises(AssertionError, match="0 of 1"):
        asyncio.run(forgetful.submit(1))


def test_closing_finishes_what_waits_and_refuses_what_comes_later(example_runtime: Runtime) -> None:
    made = Groups(example_runtime)
    GROUPS.set(made)
    doubler = Doubler()
    grouped: Grouped[int, int] = Grouped(doubler)

    async def run() -> tuple[list[Any], Any]:
        tasks = [asyncio.create_task(grouped.submit(item)) for item in (1, 2)]
        await asyncio.to_thread(doubler.begun.wait, 20)
        closing = asyncio.create_task(made.close())
        doubler.go.set()
        answers = await asyncio.gather(*tasks)
        await closing
        return answers, await asyncio.gather(grouped.submit(3), return_exceptions=True)

    answers, (late,) = asyncio.run(run())
    assert answers == [2, 4]
    assert isinstance(late, Unavailable)
    assert late.code == "draining"


def test_closing_waits_for_a_group_of_which_the_caller_went_away(groups: Groups) -> None:
    doubler = Doubler()
    grouped: Grouped[int, int] = Grouped(doubler)

    async def run() -> bool:
        task = asyncio.create_task(grouped.submit(1))
        await asyncio.to_thread(doubler.begun.wait, 20)
        task.cancel()
        closing = asyncio.create_task(groups.close())
        for _ in range(100):
            await asyncio.sleep(0)
        waited = not closing.done()
        doubler.go.set()
        await closing
        return waited

    assert asyncio.run(run())
    assert len(doubler.transactions) == 1


def test_through_http_every_waiter_gets_its_own_answer(example: Served, in_parallel: Callable[..., Any]) -> None:
    codes = [f"c{at % 20}" for at in range(60)]
    answers = in_parallel(lambda code: example.post("/v1/jars/grouped", jar(code)), codes)
    assert {answer.status_code for answer in answers} == {200, 201}
    assert sum(answer.status_code == 201 for answer in answers) == 20
    by_code: dict[str, set[str]] = {}
    for code, answer in zip(codes, answers, strict=True):
        by_code.setdefault(code, set()).add(answer.json()["id"])
    assert all(len(ids) == 1 for ids in by_code.values())


def test_through_http_a_bad_one_among_many_fails_alone(example: Served, in_parallel: Callable[..., Any]) -> None:
    codes = ["broken" if at == 17 else f"c{at}" for at in range(40)]
    answers = in_parallel(lambda code: example.post("/v1/jars/grouped", jar(code)), codes)
    assert [answer.status_code for answer in answers] == [422 if code == "broken" else 201 for code in codes]
