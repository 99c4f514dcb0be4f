"""Where things live: downloads in a cache shared by all stacks, data in the home of one."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from deploy.local.accounts import Account, reaches

OUTSIDE = Path("/var/lib/guanxi")


def cache() -> Path:
    """Downloads of this user, shared by every stack: `GUANXI_CACHE`, or `~/.cache/guanxi`."""
    folder = Path(os.environ.get("GUANXI_CACHE") or Path.home() / ".cache" / "guanxi").expanduser().resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def data(home: Path, name: str, account: Account | None) -> Path:
    """A data folder owned by `account`: in the home, or below /var/lib where the account cannot get into the home."""
    folder = home / name if reaches(account, home) else outside(home) / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if account:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
    return folder


def outside(home: Path) -> Path:
    """The place for data of a home that other accounts cannot enter; what is temporary stays temporary."""
    temporary = Path(tempfile.gettempdir()).resolve()
    name = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    return temporary / f"guanxi-{name}" if home.is_relative_to(temporary) else OUTSIDE / name


def programs(source: Path, version: str, account: Account | None) -> Path:
    """The folder of programs itself, or a copy that `account` can reach."""
    if reaches(account, source):
        return source
    copy = OUTSIDE / version
    if not copy.exists():
        part = copy.with_name(f".{version}.{os.getpid()}")
        shutil.copytree(source, part, symlinks=True)
        part.rename(copy)
    return copy
