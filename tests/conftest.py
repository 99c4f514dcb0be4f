"""How tests are drawn and spread; the fixtures that all share are in shared.testing.plugin."""

import gc
import importlib
import os
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from shared.testing.stack import for_all_processes

ONE_STACK = "tests/e2e/"
SERVERS = pytest.StashKey[ExitStack]()

# The same examples on every machine and run, and none failed for the machine's mood.
settings.register_profile(
    "guanxi",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("guanxi")


def together(nodeid: str) -> str:
    """What shares fixtures runs in one process: a module, and everything that walks through one deployment."""
    return ONE_STACK if nodeid.startswith(ONE_STACK) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Spread tests by what they share. By a hook: marking groups does nothing with a pytest newer than the plugin."""
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = together
    return scheduler


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Have several processes share one PostgreSQL and one Kafka: to start and run them costs as much as many tests."""
    servers = session.config.stash[SERVERS] = ExitStack()
    if session.config.getoption("numprocesses", None) and not session.config.option.collectonly:
        servers.enter_context(for_all_processes())


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Begin with an own share of the modules: each is then compiled by one process, and the others find it done."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")[2:]
    if worker and session.config.args == session.config.getini("testpaths"):
        names = sorted(Path(__file__).parent.rglob("test_*.py"))
        for path in names[int(worker) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]:
            with suppress(Exception, pytest.skip.Exception):  # told when it is collected
                importlib.import_module(".".join(path.relative_to(session.config.rootpath).with_suffix("").parts))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop them when all processes have ended."""
    session.config.stash[SERVERS].close()


def pytest_collection_finish() -> None:
    """What was collected stays for the whole run, so the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest."""
    items.sort(key=lambda item: not item.nodeid.startswith(ONE_STACK))


@pytest.fixture(scope="session", autouse=True)
def _authorities_read_once() -> Iterator[None]:
    """Thousands of clients are made, and each would read the machine's certificates, of which none is needed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", lru_cache(ssl.create_default_context))
        yield
