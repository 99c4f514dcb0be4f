"""The order log of a stack: loaded once, by a process of its own, while the stack is up."""

import json
import os
import subprocess
import sys

from deploy.local.home import ROOT, Home

DEFAULT = "cdnow"


def wanted(home: Home, log: str | None) -> str | None:
    """The log that is still to be loaded: the one asked for, else the default of a stack that has none yet."""
    if log is None:
        return None if any(home.root.glob(home.loaded("*").name)) else DEFAULT
    return None if home.loaded(log).exists() else log


def load(home: Home, log: str) -> bool:
    """Load a log, its progress visible; whether it worked. The loader itself says what went wrong."""
    command = [sys.executable, "-m", "deploy.local.orderlog", log]
    return (
        subprocess.run(command, env={**os.environ, "GUANXI_HOME": str(home.root)}, cwd=ROOT, check=False).returncode
        == 0
    )


def customers(home: Home) -> list[str]:
    """Customers worth a look, of the log loaded last."""
    marks = sorted(home.root.glob(home.loaded("*").name), key=lambda path: path.stat().st_mtime)
    found: list[str] = json.loads(marks[-1].read_text()) if marks else []
    return found
