"""One whole deployment for all end-to-end tests, and clients of its gateway."""

from collections.abc import Iterator

import httpx
import pytest

from tests.stack import Stack, free_port, running_stack


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home, beside = tmp_path_factory.mktemp("deployment") / "home", '["127.0.0.0/8"]'  # where receivers of tests listen
    with running_stack(home, free_port(), GUANXI_EGRESS_ALLOWED_NETWORKS=beside) as running:
        yield running


@pytest.fixture
def shop(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client() as client:
        yield client
