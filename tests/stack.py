"""The whole product, started as a user starts it, for tests that need more than one process."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Stack:
    """A running deployment: what `run.json` says, and its processes."""

    home: Path
    gateway: str
    admin_key: str
    write_key: str
    kafka: str
    databases: dict[str, str]
    services: dict[str, str]

    def client(self, **options: Any) -> httpx.Client:
        """An HTTP client of the gateway with the admin key."""
        headers = {"Authorization": f"Bearer {self.admin_key}"}
        return httpx.Client(base_url=self.gateway, headers=headers, timeout=30, **options)

    def pids(self, *words: str) -> list[int]:
        """Processes of this deployment whose command line has all `words`."""
        supervisor = psutil.Process(_supervisor_pid(self.home))
        return [child.pid for child in supervisor.children(recursive=True) if _has(child, words)]


def _has(process: psutil.Process, words: tuple[str, ...]) -> bool:
    try:
        line = " ".join(process.cmdline())
    except psutil.Error:
        return False
    return all(word in line for word in words)


def _supervisor_pid(home: Path) -> int:
    return int((home / "supervisor.pid").read_text())


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running_stack(home: Path, port: int, **settings: str) -> Iterator[Stack]:
    """Start a deployment in `home` without demonstration data, and leave nothing of it at the end."""
    environment = {**os.environ, "GUANXI_HOME": str(home), "GUANXI_PORT": str(port), "DETACH": "1", **settings}
    command = [sys.executable, "-m", "deploy.local"]
    started = subprocess.run(
        [*command, "up", "--detach", "--no-data"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        assert started.returncode == 0, f"{started.stdout}\n{started.stderr}"
        document = json.loads((home / "run.json").read_text())
        yield Stack(home=home, **{name: document[name] for name in Stack.__dataclass_fields__ if name != "home"})
    finally:
        subprocess.run([*command, "reset"], cwd=ROOT, env=environment, capture_output=True, check=False)
