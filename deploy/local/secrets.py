"""Secrets of a local stack: made once, readable by their owner only."""

import base64
import json
import os
from pathlib import Path
from secrets import token_bytes, token_urlsafe

KEY_BYTES = 32


def write_private(path: Path, text: str) -> None:
    """Write a file in one step, mode 600: nobody ever sees half of it, nobody else can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def password(path: Path) -> str:
    """The password kept in `path`, made when missing."""
    return _made_once(path, token_urlsafe(24))


def key_file(path: Path) -> Path:
    """A file with 32 random bytes in base64, made when missing."""
    _made_once(path, _key())
    return path


def keyring_file(path: Path) -> Path:
    """A key ring with one key, made when missing."""
    _made_once(path, json.dumps({"current": "k1", "keys": {"k1": _key()}}))
    return path


def _key() -> str:
    return base64.b64encode(token_bytes(KEY_BYTES)).decode()


def _made_once(path: Path, fresh: str) -> str:
    if not path.exists():
        write_private(path, fresh)
    return path.read_text(encoding="utf-8").strip()
