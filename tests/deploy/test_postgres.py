"""The settings of the local PostgreSQL."""

import os

import pytest

from deploy.local import postgres


@pytest.mark.parametrize(
    ("machine", "buffers", "cache"),
    [
        (512, "128MB", "256MB"),
        (8_192, "1024MB", "4096MB"),
        (24_576, "3072MB", "12288MB"),
        (262_144, "4096MB", "131072MB"),
    ],
)
def test_the_server_takes_an_eighth_of_the_machine_within_limits(
    machine: int, buffers: str, cache: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = {"SC_PHYS_PAGES": machine * 256, "SC_PAGE_SIZE": 4_096}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    assert postgres.memory() == {"shared_buffers": buffers, "effective_cache_size": cache}
