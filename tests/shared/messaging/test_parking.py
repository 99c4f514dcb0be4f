"""An operator lists, replays and discards parked events from the command line."""

from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from shared.contracts.profile import OrderRecorded
from shared.messaging import dead_letters, parking
from shared.messaging.handlers import handlers, on
from shared.runtime import Runtime
from tests.shared.messaging.projection import order, record_orders
from tests.shared.messaging.test_dead_letters import failure

Say = Callable[..., str]


@pytest.fixture
def say(runtime: Runtime) -> Say:
    """Runs a command with two parked events and gives back what it prints."""
    with runtime.database.transaction() as session:
        dead_letters.park(session, [failure(order(), at=0), failure(order(), at=1)], runtime.now())
    cli = parking.commands(lambda: runtime, handlers(on(OrderRecorded, record_orders)))

    def run(*words: str) -> str:
        result = CliRunner().invoke(cli, words)
        assert result.exit_code == 0, result.output
        return result.output

    return run


def ids(say: Say) -> list[str]:
    return [line.split("\t")[0] for line in say("list").splitlines()[:-1]]


def test_what_is_parked_is_listed_with_its_error_and_without_its_content(say: Say) -> None:
    lines = say("list").splitlines()
    assert lines[-1] == "2 parked in all"
    assert lines[0].split("\t")[1:] == ["profile.order.recorded", "failed", "1", "ValueError"]
    assert say("list", "--type", "profile.consent.recorded") == "2 parked in all\n"


def test_all_or_some_are_replayed(say: Say) -> None:
    first, _ = ids(say)
    assert say("replay", first) == "1 of 1 applied\n"
    assert say("replay", "--reason", "failed") == "1 of 1 applied\n"
    assert say("replay") == "0 of 0 applied\n"


def test_one_is_given_up(say: Say) -> None:
    first, second = ids(say)
    assert say("discard", first) == "1 discarded\n"
    assert ids(say) == [second]
