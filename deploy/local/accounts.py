"""Who runs PostgreSQL: it refuses root, so root lends it an account of its own."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.local.problems import StackError

NAMES = ("postgres", "guanxi")


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int


def server_account() -> Account | None:
    """The account for servers that refuse root; None when we are an ordinary user and run them ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    name = next((name for name in NAMES if name in known), None) or _create("guanxi")
    entry = pwd.getpwnam(name)
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def reaches(account: Account | None, path: Path) -> bool:
    """Whether the account may pass through every folder above `path` and look into it."""
    if account is None:
        return True
    places = [path, *path.parents] if path.is_dir() else list(path.parents)
    return all(_may_enter(account, place) for place in places if place.exists())


def _may_enter(account: Account, folder: Path) -> bool:
    about = folder.stat()
    if about.st_uid == account.uid:
        return bool(about.st_mode & 0o100)
    if about.st_gid == account.gid:
        return bool(about.st_mode & 0o010)
    return bool(about.st_mode & 0o001)


def _create(name: str) -> str:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if useradd is None:
        raise StackError("PostgreSQL refuses to run as root and useradd is missing: run make as an ordinary user.")
    subprocess.run([useradd, "--system", "--no-create-home", "--shell", "/bin/false", name], check=True)
    return name
