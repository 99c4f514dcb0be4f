"""When an upstream is left alone, and when it is tried again."""

import pytest

from shared.web.breaker import FAILURES, REST, WITHIN, Breaker, Verdict


class Seconds:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def breaker(seconds: Seconds) -> Breaker:
    return Breaker(seconds)


def fail(breaker: Breaker, times: int) -> None:
    for _ in range(times):
        breaker.failed()


def test_four_failures_are_borne_and_the_fifth_is_not(breaker: Breaker) -> None:
    fail(breaker, FAILURES - 1)
    assert breaker.ask() is Verdict.CALL
    breaker.failed()
    assert breaker.ask() is Verdict.REFUSE


def test_five_failures_over_a_longer_time_do_not_open_it(breaker: Breaker, seconds: Seconds) -> None:
    for _ in range(FAILURES):
        breaker.failed()
        seconds.now += WITHIN / (FAILURES - 1) + 0.1
    assert breaker.ask() is Verdict.CALL


@pytest.mark.capability("C-43")
def test_after_its_rest_one_caller_probes_and_the_others_are_refused(breaker: Breaker, seconds: Seconds) -> None:
    fail(breaker, FAILURES)
    seconds.now += REST / 2
    assert breaker.ask() is Verdict.REFUSE
    seconds.now += REST / 2
    assert [breaker.ask(), breaker.ask(), breaker.ask()] == [Verdict.PROBE, Verdict.REFUSE, Verdict.REFUSE]


def test_an_answered_probe_closes_it_and_old_failures_are_forgotten(breaker: Breaker, seconds: Seconds) -> None:
    fail(breaker, FAILURES)
    seconds.now += REST
    breaker.ask()
    breaker.succeeded()
    fail(breaker, FAILURES - 1)
    assert breaker.ask() is Verdict.CALL


def test_a_failed_probe_costs_another_rest(breaker: Breaker, seconds: Seconds) -> None:
    fail(breaker, FAILURES)
    seconds.now += REST + WITHIN
    breaker.ask()
    breaker.failed()
    assert breaker.ask() is Verdict.REFUSE
    seconds.now += REST
    assert breaker.ask() is Verdict.PROBE


def test_a_probe_that_never_says_how_it_went_is_followed_by_another(breaker: Breaker, seconds: Seconds) -> None:
    fail(breaker, FAILURES)
    seconds.now += REST
    breaker.ask()
    seconds.now += REST
    assert breaker.ask() is Verdict.PROBE
