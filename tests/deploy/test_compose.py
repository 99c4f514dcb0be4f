"""The containers run what `make run` runs: the same commands, the same settings."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.compose import FILE
from deploy.local.home import Home
from deploy.local.preparing import KEYS
from deploy.local.processes import PROCESSES, Addresses, port_names, process_environment
from shared.settings import SERVICES, Settings

COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
CONTAINERS: dict[str, Any] = COMPOSE["services"]
OURS = {name: one for name, one in CONTAINERS.items() if one["image"].startswith("guanxi:")}
HOSTED = {"GUANXI_HTTP_PORT", "GUANXI_METRICS_PORT", "PYTHONUNBUFFERED"}  # the image sets them


def test_the_file_is_valid() -> None:
    done = subprocess.run([sys.executable, "-m", "deploy.compose"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_one_container_per_process() -> None:
    long_running = {name for name, one in OURS.items() if one["restart"] == "unless-stopped"}
    assert long_running == {process.name for process in PROCESSES}


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_container_runs_the_command_of_its_process(process: Any) -> None:
    assert CONTAINERS[process.name]["command"] == process.command[2:]


@pytest.mark.parametrize("name", OURS)
def test_a_command_is_a_module_of_ours(name: str) -> None:
    module = OURS[name]["command"][0]
    assert importlib.util.find_spec(module), module


@pytest.mark.parametrize("name", OURS)
def test_a_setting_is_one_that_the_suite_reads(name: str) -> None:
    given = OURS[name].get("environment", {})
    known = {f"GUANXI_{field.upper()}" for field in Settings.model_fields}
    assert given.keys() <= known


def test_whatever_setting_the_documentation_names_can_be_given_to_containers() -> None:
    pages = [FILE.with_name("README.md"), *FILE.with_name("docs").glob("*.md")]
    named = {name for page in pages for name in re.findall(r"GUANXI_[A-Z_]+", page.read_text())}
    settings = {f"GUANXI_{field.upper()}" for field in Settings.model_fields}
    given = {name for one in OURS.values() for name in one.get("environment", {})}
    assert named & settings <= given


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_container_is_told_all_that_a_local_process_is_told(process: Any, tmp_path: Path) -> None:
    addresses = Addresses(8080, dict.fromkeys(port_names(), 1), dict.fromkeys(SERVICES, "postgresql://"))
    local = process_environment(Home(tmp_path), addresses, process).keys() - HOSTED
    assert local <= CONTAINERS[process.name]["environment"].keys()


def test_the_keys_are_those_of_a_local_stack() -> None:
    commands = [one["command"] for name, one in OURS.items() if name.endswith("-key")]
    made = {command[4]: command[6] for command in commands}
    assert made == KEYS


def test_every_image_has_a_version() -> None:
    for one in CONTAINERS.values():
        assert one["image"].rpartition(":")[2] not in {"", "latest"}


@pytest.mark.parametrize("name", OURS)
def test_our_containers_cannot_write_into_themselves_nor_gain_rights(name: str) -> None:
    one = OURS[name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert list(map(Path, one["tmpfs"])) == [Path("/") / "tmp"]


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_container_says_whether_it_is_ready(process: Any) -> None:
    port = "8000" if process.role == "api" else "9000"
    assert CONTAINERS[process.name]["healthcheck"]["test"][-2:] == ["healthy", port]


def test_the_image_runs_as_nobody_in_particular() -> None:
    lines = (FILE.parent / "deploy" / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")] == ["USER guanxi"]
    assert all(":" in line.split()[1] for line in lines if line.startswith("FROM"))
