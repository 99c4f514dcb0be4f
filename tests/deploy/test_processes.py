"""Nothing a stack starts may outlive it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from deploy.local import leftovers
from deploy.local.process import Program, start, stop
from shared.testing.waiting import wait_until

SLEEP = [sys.executable, "-c", "import time; time.sleep(300)"]
PARENT = """
import sys, time
from pathlib import Path
from deploy.local.process import Program, start
child = start(Program("sleeper", [sys.executable, "-c", "import time; time.sleep(300)"]), Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(300)
"""


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_tethered_program_ends_when_its_starter_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert not is_gone(child)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: is_gone(child))


def test_a_program_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    deaf = [
        sys.executable,
        "-c",
        "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(300)",
    ]
    program = Program("deaf", deaf, stop_seconds=1)
    process = start(program, tmp_path / "log")
    wait_until(lambda: "up" in (tmp_path / "log").read_text())
    stop(program, process)
    assert process.returncode == -signal.SIGKILL


def test_what_a_killed_supervisor_left_is_found_by_its_mark_and_ended(tmp_path: Path) -> None:
    mine = subprocess.Popen(SLEEP, env={**os.environ, leftovers.MARK: str(tmp_path)})
    foreign = subprocess.Popen(SLEEP, env={**os.environ, leftovers.MARK: str(tmp_path / "other")})
    try:
        wait_until(lambda: len(leftovers.find(tmp_path)) == 1)
        assert leftovers.end(tmp_path) == 1
        assert mine.poll() is not None
        assert foreign.poll() is None
    finally:
        foreign.kill()
        foreign.wait()
