"""Processes of a stack whose supervisor was killed: found by the mark in their environment, and ended."""

from pathlib import Path

import psutil

MARK = "GUANXI_STACK_HOME"
PATIENCE_SECONDS = 20


def find(home: Path) -> list[psutil.Process]:
    """Every process that was started for this home and still runs."""
    return [process for process in psutil.process_iter() if _belongs(process, str(home))]


def end(home: Path) -> int:
    """End them all; how many there were."""
    found = find(home)
    for process in found:
        _signal(process, insist=False)
    _, stubborn = psutil.wait_procs(found, timeout=PATIENCE_SECONDS)
    for process in stubborn:
        _signal(process, insist=True)
    psutil.wait_procs(stubborn, timeout=PATIENCE_SECONDS)
    return len(found)


def _belongs(process: psutil.Process, home: str) -> bool:
    try:
        return process.environ().get(MARK) == home and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, OSError):
        return False


def _signal(process: psutil.Process, *, insist: bool) -> None:
    try:
        process.kill() if insist else process.terminate()
    except psutil.NoSuchProcess:
        return
