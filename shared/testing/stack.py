"""The PostgreSQL and Kafka that tests run on: one that is up already, containers, or our own embedded ones."""

import importlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

VARIABLE = "GUANXI_TEST_STACK"


@dataclass(frozen=True, slots=True)
class Infrastructure:
    """Where a superuser reaches PostgreSQL, and the broker's `host:port`."""

    postgres_url: str
    kafka: str


@contextmanager
def infrastructure(home: Path) -> Iterator[Infrastructure]:
    """A running PostgreSQL and Kafka, as the variable GUANXI_TEST_STACK says; ours keep their data under `home`."""
    chosen = os.environ.get(VARIABLE, "")
    if chosen and chosen != "containers":
        document = orjson.loads(Path(chosen).read_bytes())
        yield Infrastructure(document["postgres"], document["kafka"])
        return
    # By name and only now: whoever has a stack running needs neither a container library nor wheels and jars.
    starter = importlib.import_module("shared.testing.containers" if chosen else "deploy.local.infrastructure")
    with starter.infrastructure(home) as running:
        yield Infrastructure(running.postgres_url, running.kafka)


@contextmanager
def for_all_processes() -> Iterator[None]:
    """Our own PostgreSQL and Kafka, once for this process and all it starts, unless the variable names others."""
    if os.environ.get(VARIABLE):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="guanxi-tests-") as folder, infrastructure(Path(folder)):
        os.environ[VARIABLE] = str(Path(folder) / "infra.json")
        try:
            yield
        finally:
            del os.environ[VARIABLE]
