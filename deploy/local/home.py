"""The folder of one stack: where its data, secrets, logs and descriptions lie."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import folders
from deploy.local.problems import StackError

ROOT = Path(__file__).parents[2]
NEEDED_BYTES = 1_000_000_000
UNFIT = frozenset("%\"';#\n")
LONGEST_SOCKET = 90  # the kernel takes 107 characters, some systems fewer


@dataclass(frozen=True)
class Home:
    """`GUANXI_HOME` of one stack."""

    root: Path

    @property
    def secrets(self) -> Path:
        """Folder of passwords and keys."""
        return self.root / "secrets"

    @property
    def logs(self) -> Path:
        """Folder of one log per process."""
        return self.root / "logs"

    @property
    def sink(self) -> Path:
        """Where the development channel lays the messages it would send."""
        return self.root / "sink"

    @property
    def run_json(self) -> Path:
        """Addresses and keys of the running stack; absent while it is down."""
        return self.root / "run.json"

    @property
    def prepared(self) -> Path:
        """What databases, keys and topics were last prepared for."""
        return self.root / "prepared"

    def loaded(self, log: str) -> Path:
        """Mark: an order log is in; names the customers worth a look."""
        return self.root / f"loaded-{log}.json"

    @property
    def supervisor_config(self) -> Path:
        """What the supervisor runs."""
        return self.root / "supervisor.conf"

    @property
    def supervisor_pid(self) -> Path:
        """Process id of the supervisor."""
        return self.root / "supervisor.pid"

    @property
    def socket(self) -> Path:
        """Where the supervisor listens; outside the home when its path would be too long for a socket."""
        inside = self.root / "supervisor.sock"
        if len(str(inside)) <= LONGEST_SOCKET:
            return inside
        return Path(tempfile.gettempdir()) / f"guanxi-{hashlib.sha256(str(self.root).encode()).hexdigest()[:16]}.sock"


def of_environment() -> Home:
    """The home that `GUANXI_HOME` names, `.guanxi` in the checkout otherwise."""
    root = Path(os.environ.get("GUANXI_HOME") or ROOT / ".guanxi").expanduser().resolve()
    if unfit := sorted(UNFIT.intersection(str(root))):
        raise StackError(
            f"GUANXI_HOME must not have {unfit[0]!r} in its path: the supervisor's configuration cannot say it."
        )
    return Home(root)


def prepare(home: Home, needed: int = NEEDED_BYTES) -> None:
    """Make the folders. Raises StackError when the disk has less than `needed` bytes left."""
    for folder in (home.root, home.secrets, home.logs, home.sink):
        folder.mkdir(parents=True, exist_ok=True)
    home.secrets.chmod(0o700)
    free = shutil.disk_usage(home.root).free
    if free < needed:
        raise StackError(
            f"The disk of {home.root} is full: {free / 1e6:.0f} MB are left and about {needed / 1e6:.0f} MB are needed."
        )


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """One command at a time changes a stack."""
    home.root.mkdir(parents=True, exist_ok=True)
    with (home.root / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StackError(
                f"Another command is starting or stopping the stack in {home.root}: wait for it."
            ) from None
        yield


def erase(home: Home) -> None:
    """Delete everything of a stack, and nothing that is not its own."""
    if home.root.exists() and not home.secrets.exists() and any(home.root.iterdir()):
        raise StackError(f"{home.root} does not look like the home of a stack: nothing was deleted.")
    shutil.rmtree(folders.outside(home.root), ignore_errors=True)
    shutil.rmtree(home.root, ignore_errors=True)
    home.socket.unlink(missing_ok=True)
