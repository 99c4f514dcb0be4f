"""Ports of this machine: choosing free ones, and keeping them over restarts."""

import json
import socket
from collections.abc import Sequence
from pathlib import Path

from deploy.local.secrets import write_private

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def choose(count: int) -> list[int]:
    """So many different free ports."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def keep(path: Path, names: Sequence[str]) -> dict[str, int]:
    """A port for each name: the one used before while it is free, else a new one. Remembered in `path`."""
    before: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}
    fresh = iter(choose(len(names)))
    ports = {name: before[name] if name in before and is_free(before[name]) else next(fresh) for name in names}
    write_private(path, json.dumps(ports, indent=2))
    return ports
