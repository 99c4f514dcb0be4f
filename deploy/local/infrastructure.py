"""PostgreSQL and Kafka alone, for as long as a `with` block lasts: what tests and developers need."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen

from deploy.local import folders, kafka, ports, postgres
from deploy.local.jars import jars
from deploy.local.ports import HOST
from deploy.local.process import Program, start, stop
from deploy.local.processes import INFRASTRUCTURE_PORTS
from deploy.local.secrets import write_private
from deploy.local.waiting import Question, until

READY_SECONDS = 90


@dataclass(frozen=True)
class Infrastructure:
    """Where the two servers listen: PostgreSQL as its administrator, Kafka's bootstrap address."""

    postgres_url: str
    kafka: str


@contextmanager
def infrastructure(home: Path, *, durable: bool = False) -> Iterator[Infrastructure]:
    """Both servers, ready; stopped when the block ends, and also when this process is killed.

    `durable=True` keeps every commit through a crash of the machine (slower).
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    chosen = ports.keep(home / "ports.json", INFRASTRUCTURE_PORTS)
    programs = [
        kafka.program(home, jars(folders.cache()), chosen["kafka"], chosen["kafka_controller"], durable=durable),
        postgres.program(home, chosen["postgres"], durable=durable),
    ]
    url = postgres.superuser_url(home, chosen["postgres"])
    running: list[tuple[Program, Popen[bytes]]] = []
    try:
        running += [(program, start(program, home / f"{program.name}.log")) for program in programs]
        _wait(home, running[1], lambda: postgres.is_ready(url))
        _wait(home, running[0], lambda: kafka.is_ready(chosen["kafka"]))
        yield _announce(home, Infrastructure(url, f"{HOST}:{chosen['kafka']}"), running)
    finally:
        (home / "infra.json").unlink(missing_ok=True)
        for program, process in running:
            stop(program, process)
        if not durable:
            shutil.rmtree(folders.outside(home), ignore_errors=True)  # else every test run would leave a folder there


def _announce(home: Path, servers: Infrastructure, running: list[tuple[Program, Popen[bytes]]]) -> Infrastructure:
    pids = [process.pid for _, process in running]
    document = {"postgres": servers.postgres_url, "kafka": servers.kafka, "pids": pids}
    write_private(home / "infra.json", json.dumps(document, indent=2) + "\n")
    return servers


def _wait(home: Path, running: tuple[Program, Popen[bytes]], is_ready: Question) -> None:
    program, process = running
    until(is_ready, lambda: process.poll() is not None, READY_SECONDS, program.name, home / f"{program.name}.log")
