"""Commands of the suite that run to their end while a stack starts: migrations, topics, keys."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.home import ROOT
from deploy.local.problems import StackError
from deploy.local.waiting import last_words


@dataclass(frozen=True)
class OneShot:
    """A Python module to run once, with its arguments and settings."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]


def run(shots: Sequence[OneShot], logs: Path) -> None:
    """Run them side by side. Raises StackError with the last words of the first that failed."""
    running = [(shot, logs / f"{shot.name}.log", _start(shot, logs / f"{shot.name}.log")) for shot in shots]
    failed = [(shot, log) for shot, log, process in running if process.wait() != 0]
    if failed:
        shot, log = failed[0]
        command = f"python -m {' '.join(shot.arguments)}"
        raise StackError(f"`{command}` failed; its last words, from {log}:\n{last_words(log)}")


def _start(shot: OneShot, log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", *shot.arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **shot.environment},
            cwd=ROOT,
        )
