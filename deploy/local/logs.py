"""One readable log of a whole stack: each line says which process spoke."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from rich.text import Text

from deploy.local.home import Home
from deploy.local.report import console

COLOURS = (
    "cyan",
    "magenta",
    "green",
    "yellow",
    "blue",
    "bright_cyan",
    "bright_magenta",
    "bright_green",
    "bright_yellow",
)
LEVELS = {"warning": "yellow", "error": "red", "critical": "bold red"}
SAID = ("at", "level", "event", "process")  # shown at the beginning of the line
STEP_SECONDS = 0.2


def ends(home: Home) -> dict[Path, int]:
    """How far every log reaches now."""
    return {path: path.stat().st_size for path in sorted(home.logs.glob("*.log"))}


def follow(home: Home, since: dict[Path, int], goes_on: Callable[[], bool]) -> None:
    """Print what is added to any log after `since`, for as long as `goes_on`."""
    read = dict(since)
    while goes_on():
        for path in sorted(home.logs.glob("*.log")):
            lines = [readable(path.stem, line) for line in added(path, read)]
            if lines:  # together: to print one by one takes more than twice as long, beside what is served
                console.print(Text("\n").join(lines))
        time.sleep(STEP_SECONDS)


def readable(name: str, line: str) -> Text:
    """A log line for a person; a structured one loses its braces and keeps all it says."""
    text = Text(f"{name:<17} ", COLOURS[sum(name.encode()) % len(COLOURS)])
    said = _structured(line)
    if said is None:
        return text.append(line, "default")
    level = str(said.get("level", "info"))
    text.append(f"{str(said.get('at', ''))[11:19]} {level:<7} ", LEVELS.get(level, "dim"))
    text.append(str(said.get("event", "")), LEVELS.get(level, "default"))
    rest = " ".join(f"{key}={value}" for key, value in said.items() if key not in SAID)
    return text.append(f"  {rest}" if rest else "", "dim")


def _structured(line: str) -> dict[str, object] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def added(path: Path, read: dict[Path, int]) -> Iterator[str]:
    """Whole lines that were not read yet; a rotated file is read from its beginning."""
    size = path.stat().st_size
    position = read.get(path, 0)
    if size < position:
        position = 0
    with path.open("rb") as file:
        file.seek(position)
        whole, newline, _ = file.read(size - position).rpartition(b"\n")
    read[path] = position + len(whole) + len(newline)
    yield from whole.decode("utf-8", errors="replace").splitlines()
