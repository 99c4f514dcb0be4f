"""What a version of the suite needs once in its databases and broker: schemas, seeds, keys, topics."""

import hashlib
import os
from pathlib import Path

from deploy.local import oneshots
from deploy.local.home import ROOT, Home
from deploy.local.oneshots import OneShot
from deploy.local.processes import Addresses, environment, shared_environment
from deploy.local.secrets import write_private
from shared.settings import SERVICES

KEYS = {"admin": "admin", "write": "ingest"}  # name of a key: its scopes
CODE = ("shared", "services")


def is_done(home: Home) -> bool:
    """Whether this code with these settings was prepared for here before: a second start need not ask again."""
    ready = home.prepared.exists() and home.prepared.read_text() == _version()
    return ready and all(key_file(home, name).exists() for name in KEYS)


def note(home: Home) -> None:
    """Remember that everything is prepared."""
    write_private(home.prepared, _version())


def migrate(home: Home, addresses: Addresses) -> None:
    """Bring all four databases up to date."""
    shots = [
        OneShot(f"{service}-migrate", [f"services.{service}", "migrate"], environment(home, addresses, service))
        for service in SERVICES
    ]
    oneshots.run(shots, home.logs)


def make_keys(home: Home, addresses: Addresses) -> None:
    """See to it that the first keys open."""
    settings = environment(home, addresses, "gateway")
    command = ["services.gateway", "keys", "ensure"]
    shots = [
        OneShot(
            f"{name}-key",
            [*command, "--name", name, "--scopes", scopes, "--key-file", str(key_file(home, name))],
            settings,
        )
        for name, scopes in KEYS.items()
    ]
    oneshots.run(shots, home.logs)


def make_topics(home: Home, addresses: Addresses) -> None:
    """Make the topics that are missing."""
    command = ["shared.messaging.topics", "create"]
    oneshots.run([OneShot("topics", command, shared_environment(home, addresses))], home.logs)


def key_file(home: Home, name: str) -> Path:
    """Where the text of a key is kept."""
    return home.secrets / f"{name}.key"


def _version() -> str:
    digest = hashlib.sha256(repr(sorted(_settings())).encode())
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()


def _settings() -> list[tuple[str, str]]:
    return [(name, value) for name, value in os.environ.items() if name.startswith("GUANXI_")]
