"""A program to run: how it is started, and how it is stopped so that nothing stays behind."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.accounts import Account

PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """What to run, as whom, and with which signal it ends well."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: int = 20


def start(program: Program, log: Path, *, tethered: bool = True) -> subprocess.Popen[bytes]:
    """Start a program, its output appended to `log`. A tethered one ends when this process does, however it does."""
    account = program.account
    with log.open("ab") as output:
        return subprocess.Popen(
            program.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **program.environment},
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
            preexec_fn=_end_with_parent(program.stop_signal) if tethered else None,  # noqa: PLW1509
        )


def stop(program: Program, process: subprocess.Popen[bytes]) -> None:
    """Ask a program to end, then insist."""
    if process.poll() is not None:
        return
    process.send_signal(program.stop_signal)
    try:
        process.wait(program.stop_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _end_with_parent(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Linux sends the child a signal when its parent dies, even by kill -9: no server is left behind."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, stop_signal.value)
