"""The supervisor: what it is told to run, and how it is spoken to."""

import os
import shlex
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any
from xmlrpc.client import Fault, ServerProxy

import psutil
from supervisor.xmlrpc import SupervisorTransport

from deploy.local.home import ROOT, Home
from deploy.local.process import Program
from deploy.local.processes import PROCESSES, Addresses, process_environment
from deploy.local.secrets import write_private

SECONDS_TO_STOP = 90


@dataclass(frozen=True)
class State:
    """What the supervisor knows of one process."""

    name: str
    state: str
    pid: int
    uptime: str


def write_config(home: Home, servers: Sequence[Program], addresses: Addresses) -> None:
    """The configuration of one stack: two servers, then the seven processes, which are stopped first."""
    sections = [_supervisor(home)]
    sections += [_program(home, server, ["directory=/", *_as_user(server)]) for server in servers]
    for process in PROCESSES:
        program = Program(process.name, process.command, process_environment(home, addresses, process), stop_seconds=30)
        sections.append(_program(home, program, [f"directory={ROOT}", "stopasgroup=true"]))
    names = ",".join(process.name for process in PROCESSES)
    sections.append(f"[group:services]\nprograms={names}\npriority=20\n")
    write_private(home.supervisor_config, "\n".join(sections).replace("%", "%%"))  # it expands %, we never do


def command(home: Home) -> list[str]:
    """What starts the supervisor in the foreground."""
    return [
        sys.executable,
        "-m",
        "supervisor.supervisord",
        "--nodaemon",
        "--configuration",
        str(home.supervisor_config),
    ]


def start(home: Home, *names: str) -> None:
    """Start processes by their names, without waiting for them."""
    with _talk(home) as supervisor:
        for name in names:
            supervisor.startProcess(name, False)


def states(home: Home) -> list[State]:
    """Every process; empty when no supervisor is running or it is shutting down."""
    try:
        with _talk(home) as supervisor:
            found: list[dict[str, Any]] = supervisor.getAllProcessInfo()
    except (OSError, HTTPException, Fault):
        return []
    return [
        State(one["name"], one["statename"], one["pid"], one["description"].rpartition("uptime ")[2]) for one in found
    ]


def is_running(home: Home) -> bool:
    """Whether the supervisor of this home answers, be it only that it is shutting down."""
    try:
        with _talk(home) as supervisor:
            supervisor.getPID()
    except Fault:
        return True
    except (OSError, HTTPException):
        return False
    return True


def is_failing(home: Home, name: str) -> bool:
    """Whether a process keeps ending as soon as it is started."""
    return any(one.state in {"BACKOFF", "FATAL"} for one in states(home) if one.name == name)


def shut_down(home: Home) -> None:
    """Stop everything, services before servers, and the supervisor itself; returns when all have ended."""
    try:
        with _talk(home) as supervisor:
            pid = supervisor.getPID()
            supervisor.shutdown()
    except (OSError, HTTPException, Fault):
        return
    deadline = time.monotonic() + SECONDS_TO_STOP
    while _lives(pid) and time.monotonic() < deadline:
        time.sleep(0.1)


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def _talk(home: Home) -> Iterator[Any]:
    transport = SupervisorTransport(None, None, f"unix://{home.socket}")
    try:
        yield ServerProxy("http://127.0.0.1", transport).supervisor
    finally:
        transport.close()


def _supervisor(home: Home) -> str:
    user = "user=root\n" if os.geteuid() == 0 else ""
    return (
        f"[supervisord]\nnodaemon=true\nsilent=true\n{user}"
        f"logfile={home.logs / 'supervisor.log'}\nlogfile_maxbytes=5MB\nlogfile_backups=1\n"
        f"pidfile={home.supervisor_pid}\nchildlogdir={home.logs}\n\n"
        f"[unix_http_server]\nfile={home.socket}\nchmod=0600\n\n"
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n"
    )


def _program(home: Home, program: Program, more: Sequence[str]) -> str:
    """One program: restarted when it dies, one second later after the first failure, two after the second, …"""
    lines = [
        f"[program:{program.name}]",
        f"command={shlex.join(program.command)}",
        f"environment={_environment(program.environment)}",
        "autostart=false",
        "autorestart=true",
        "startsecs=3",
        "startretries=100",
        "priority=10",
        f"stopsignal={program.stop_signal.name.removeprefix('SIG')}",
        f"stopwaitsecs={program.stop_seconds}",
        "killasgroup=true",
        "redirect_stderr=true",
        f"stdout_logfile={log_file(home, program.name)}",
        "stdout_logfile_maxbytes=20MB",
        "stdout_logfile_backups=2",
        *more,
    ]
    return "\n".join(lines) + "\n"


def _as_user(program: Program) -> list[str]:
    return [f"user={program.account.name}"] if program.account else []


def _environment(variables: Mapping[str, str]) -> str:
    return ",".join(f'{name}="{value}"' for name, value in variables.items())


def log_file(home: Home, name: str) -> Path:
    """Where the words of a process are kept."""
    return home.logs / f"{name}.log"
