"""The merged document as it stands in `docs/openapi.json`: made by `make docs`, read once when a process starts."""

from functools import cache
from pathlib import Path
from typing import Any

import orjson

PATH = Path(__file__).parents[3] / "docs" / "openapi.json"


@cache
def content() -> bytes:
    """The file."""
    return PATH.read_bytes()


def write(merged: dict[str, Any], path: Path = PATH) -> None:
    """Store a merged document so that two equal ones are equal files."""
    path.write_bytes(orjson.dumps(merged, option=orjson.OPT_INDENT_2) + b"\n")
