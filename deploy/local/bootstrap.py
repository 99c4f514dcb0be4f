"""Make `.venv` and install what the lock says. Runs on the Python of the machine, so on nothing but its library."""

import os
import re
import subprocess
import sys
from pathlib import Path

from deploy.local import installer

ROOT = Path(__file__).parents[2]
OLDEST = (3, 11)


class BootstrapError(Exception):
    """One clear sentence."""


def install(environment: Path, lock: Path) -> None:
    """Bring a virtual environment to what `lock` says; its stamp is as new as the lock afterwards."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        raise BootstrapError(f"Python {found} is too old: Guanxi needs 3.11 or newer (make PYTHON=/path/to/python).")
    python = environment / "bin" / "python"
    if not python.exists():
        _say(f"Creating {environment}")
        _run([sys.executable, "-m", "venv", str(environment)])
    _install_uv(python, lock)
    _say(f"Installing {lock.name}")
    done = installer.uv(python, "pip", "install", "--python", str(python), "--require-hashes", "-r", str(lock))
    if done.returncode != 0:
        raise BootstrapError("The packages could not be installed: the installer's words above say why.")
    (environment / f".{lock.stem}").touch()


def uv_requirement(lock: str) -> str:
    """The lines of the lock that pin uv with its hashes."""
    found = re.search(r"^uv==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    if found is None:
        raise BootstrapError("The lock does not name uv: run make lock.")
    return found.group()


def _install_uv(python: Path, lock: Path) -> None:
    """The fast installer, itself pinned by the lock."""
    requirement = uv_requirement((ROOT / "requirements-dev.lock").read_text())
    if f"uv=={_version(python)} " in requirement:
        return
    _say("Installing uv")
    pinned = python.parent.parent / "uv.lock"
    pinned.write_text(requirement)
    _run([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(pinned)])


def _version(python: Path) -> str:
    command = "import importlib.metadata as m; print(m.version('uv'))"
    return subprocess.run([str(python), "-c", command], capture_output=True, text=True, check=False).stdout.strip()


def _run(command: "list[str]") -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = done.stdout + done.stderr
        if "ensurepip" in said:
            raise BootstrapError("Python's venv module is incomplete (Debian, Ubuntu: apt install python3-venv).")
        raise BootstrapError(installer.why(said))


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> int:
    """`python -m deploy.local.bootstrap LOCK`."""
    environment = Path(os.environ.get("GUANXI_VENV") or ROOT / ".venv")
    try:
        install(environment, Path(sys.argv[1]).resolve())
    except BootstrapError as error:
        _say(str(error))
        return 1
    except OSError as error:
        _say(f"{environment}: {error.strerror}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
