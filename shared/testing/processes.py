"""Processes of a service under test: the same command as in the field, with the settings of the test."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from pydantic import SecretStr

from shared.settings import Settings
from shared.testing.waiting import wait_until

Role = Literal["api", "worker"]


@dataclass(frozen=True)
class Process:
    """A running process, its base address (of the probes, for a worker) and its log."""

    popen: subprocess.Popen[bytes]
    url: str
    log: Path

    def send(self, number: signal.Signals) -> None:
        """Send a signal: SIGKILL, SIGSTOP, SIGCONT, …"""
        self.popen.send_signal(number)

    def stop(self, timeout: float = 30) -> int:
        """Ask it to end, and wait; the exit code. Killed when it does not."""
        self.popen.send_signal(signal.SIGCONT)
        self.popen.terminate()
        try:
            return self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            return self.popen.wait()


def start(service: str, role: Role, settings: Settings, log: Path) -> Process:
    """Start `python -m services.<service> <role>` on free ports and wait until it is ready."""
    port = free_port()
    ports = {"http_port": port, "metrics_port": free_port()} if role == "api" else {"metrics_port": port}
    environment = os.environ | environment_of(settings.model_copy(update=ports))
    with log.open("ab") as out:
        popen = subprocess.Popen(
            [sys.executable, "-m", f"services.{service}", role], env=environment, stdout=out, stderr=out
        )
    process = Process(popen, f"http://127.0.0.1:{port}", log)
    wait_until(lambda: _is_ready(process), what=f"readiness of {service} {role}, see {log}")
    return process


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment in which a process reads these settings."""
    plain = settings.model_dump(mode="json", exclude_none=True)
    for name, value in settings:
        if isinstance(value, SecretStr):
            plain[name] = value.get_secret_value()
    return {f"GUANXI_{name.upper()}": str(value) for name, value in plain.items()}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _is_ready(process: Process) -> bool:
    if process.popen.poll() is not None:
        raise AssertionError(f"the process ended with {process.popen.returncode}:\n{process.log.read_text()[-4000:]}")
    try:
        return httpx.get(f"{process.url}/readyz", timeout=1).status_code == 200
    except httpx.TransportError:
        return False
