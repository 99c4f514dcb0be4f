"""Key files for tests, generated for each run."""

import os
from base64 import b64encode
from pathlib import Path
from typing import Any

import orjson

from shared.settings import SERVICES


def write_key_files(home: Path) -> dict[str, Any]:
    """Generate a key ring, a lookup key and the services' internal secrets; the settings that name the files."""
    ring = {"current": "k1", "keys": {"k1": _random()}}
    files = {"keyring_file": orjson.dumps(ring).decode(), "lookup_key_file": _random()}
    files |= {f"{service}_internal_secret_file": _random() for service in SERVICES}
    return {name: _written(home / name, content) for name, content in files.items()}


def _random() -> str:
    return b64encode(os.urandom(32)).decode()


def _written(path: Path, content: str) -> Path:
    path.write_text(content)
    path.chmod(0o600)
    return path
