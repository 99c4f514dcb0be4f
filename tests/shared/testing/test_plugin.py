"""The plugin keeps tests apart from each other, and starts nothing that nobody asked for."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared import linking
from shared.db import Database
from shared.ids import new_id
from shared.linking import CustomerRef
from shared.settings import Settings
from shared.testing.plugin import SettingsFactory
from shared.testing.processes import environment_of
from shared.testing.waiting import wait_until


@pytest.mark.parametrize("turn", [1, 2])
def test_a_session_begins_empty_each_time(session_of: Callable[[str], Session], turn: int) -> None:
    session = session_of("shared")
    assert session.scalar(select(func.count()).select_from(CustomerRef)) == 0
    linking.ensure(session, [new_id()])
    session.commit()
    assert session.scalar(select(func.count()).select_from(CustomerRef)) == 1


def test_two_databases_of_a_service_are_apart(database_of: Callable[[str], Database]) -> None:
    first, second = database_of("shared"), database_of("shared")
    with first.transaction() as session:
        linking.ensure(session, [new_id()])
    with second.reading() as session:
        assert session.scalar(select(func.count()).select_from(CustomerRef)) == 0


def test_a_process_reads_the_settings_it_is_given(
    settings_for: SettingsFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings_for(profile_database_url="postgresql://u:p@h/d", clock_offset="P1D", smtp_url="smtp://x")
    for name in [name for name in os.environ if name.startswith("GUANXI_")]:
        monkeypatch.delenv(name)
    for name, value in environment_of(given).items():
        monkeypatch.setenv(name, value)
    assert Settings().model_dump() == given.model_dump()


def test_tests_that_need_no_stack_start_none(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text("def test_nothing(now, settings_for):\n    settings_for()\n")
    environment = os.environ | {"GUANXI_TEST_STACK": str(tmp_path / "missing.json")}
    config = str(Path(__file__).parents[3] / "pyproject.toml")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        config,
        "-p",
        "no:cacheprovider",
        str(tmp_path / "test_nothing.py"),
    ]
    ended = subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stdout


def test_waiting_ends_with_the_answer_or_with_a_failure() -> None:
    answers = iter([0, 0, 7])
    assert wait_until(lambda: next(answers)) == 7
    with pytest.raises(AssertionError, match=r"the moon did not come true within 0\.05"):
        wait_until(lambda: False, 0.05, what="the moon")


def test_the_present_of_tests_is_a_fixed_instant(now: datetime) -> None:
    assert now.isoformat() == "2026-11-25T08:00:00+00:00"
