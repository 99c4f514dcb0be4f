"""Waiting until something is ready, and no longer than makes sense."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from deploy.local.problems import StackError

Question = Callable[[], bool]
STEP_SECONDS = 0.1
LAST_LINES = 5


def until(is_ready: Question, is_failing: Question, seconds: float, name: str, log: Path) -> None:
    """Return once `is_ready`. Raises StackError with the last words of `log` when it fails or takes longer."""
    deadline = time.monotonic() + seconds
    while not is_ready():
        if is_failing():
            raise StackError(f"{name} ends as soon as it starts; its last words, from {log}:\n{last_words(log)}")
        if time.monotonic() > deadline:
            raise StackError(
                f"{name} was not ready within {seconds:.0f} s; its last words, from {log}:\n{last_words(log)}"
            )
        time.sleep(STEP_SECONDS)


def answers(url: str) -> bool:
    """Whether a process says that it is ready."""
    try:
        return httpx.get(url, timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def last_words(log: Path) -> str:
    """The end of a log, for a person."""
    if not log.exists():
        return "  (nothing)"
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
    return "\n".join(f"  {line}" for line in lines)
