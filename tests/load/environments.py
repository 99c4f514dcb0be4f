"""Environments of their own for libraries that we are compared with."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.local import folders, installer
from deploy.local.problems import StackError


def answered(python: Path, script: Path, *arguments: object) -> Any:
    """What a script of the other environment prints as JSON."""
    command = [str(python), str(script), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def environment(name: str, pins: Sequence[str]) -> Path:
    """A Python with these packages, made on the first call and kept in the cache."""
    folder = folders.cache() / f"{name}-environment"
    python, stamp, here = folder / "bin" / "python", folder / "complete", Path(sys.executable)
    if not stamp.exists():
        steps = (
            ["venv", "--clear", "--python", str(here), str(folder)],
            ["pip", "install", "--python", str(python), *pins],
        )
        for step in steps:
            done = installer.uv(here, *step, capture=True)
            if done.returncode != 0:
                raise StackError(f"{name} could not be installed beside us. {installer.why(done.stderr)}")
        stamp.touch()
    return python
