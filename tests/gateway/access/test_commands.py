"""The command that makes the first keys of a deployment."""

from pathlib import Path
from uuid import UUID

import pytest
from typer.testing import CliRunner

from services.gateway.access.commands import keys
from services.gateway.access.rules import KeyText
from services.gateway.access.verification import Verifier
from shared.runtime import Runtime
from shared.testing.plugin import RuntimeFactory
from shared.testing.processes import environment_of


@pytest.fixture
def runtime(runtime_of: RuntimeFactory) -> Runtime:
    return runtime_of("gateway")


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "admin.key"


def ensure(runtime: Runtime, key_file: Path, scopes: str = "admin") -> str:
    arguments = ["ensure", "--name", "admin", "--scopes", scopes, "--key-file", str(key_file)]
    result = CliRunner().invoke(keys, arguments, env=environment_of(runtime.settings), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return key_file.read_text().strip()


def scopes_of(runtime: Runtime, text: str) -> frozenset[str]:
    """What a key may do; nothing when it does not open."""
    found = Verifier(runtime)._look_up(text).credential
    return frozenset() if found is None else found.caller.scopes


def id_of(text: str) -> UUID:
    parsed = KeyText.parse(text)
    assert parsed is not None
    return parsed.id


@pytest.mark.capability("C-42")
def test_it_makes_a_key_that_opens_in_a_file_for_its_owner_only(runtime: Runtime, key_file: Path) -> None:
    text = ensure(runtime, key_file)
    assert "profile:pii" in scopes_of(runtime, text)
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_repeating_it_keeps_the_key(runtime: Runtime, key_file: Path) -> None:
    assert ensure(runtime, key_file) == ensure(runtime, key_file)


def test_a_lost_file_gets_a_new_secret_of_the_same_key_and_the_lost_one_opens_no_more(
    runtime: Runtime, key_file: Path
) -> None:
    lost = ensure(runtime, key_file)
    key_file.unlink()
    found = ensure(runtime, key_file)
    assert id_of(found) == id_of(lost)
    with runtime.database.reading() as session:
        ends = session.connection().exec_driver_sql("SELECT expires_at FROM api_key_secret").scalars().all()
    assert sorted(end is None for end in ends) == [False, True]
    assert scopes_of(runtime, found)


def test_other_scopes_change_the_key_and_not_its_text(runtime: Runtime, key_file: Path) -> None:
    text = ensure(runtime, key_file)
    assert ensure(runtime, key_file, "ops,audit:read") == text
    assert scopes_of(runtime, text) == {"ops", "audit:read"}


def test_a_file_of_another_deployment_is_replaced(runtime: Runtime, key_file: Path) -> None:
    key_file.parent.mkdir()
    key_file.write_text(f"gx_{'1' * 32}_secret\n")
    assert scopes_of(runtime, ensure(runtime, key_file))


def test_an_unknown_scope_makes_nothing(runtime: Runtime, key_file: Path) -> None:
    arguments = ["ensure", "--name", "x", "--scopes", "everything", "--key-file", str(key_file)]
    assert CliRunner().invoke(keys, arguments, env=environment_of(runtime.settings)).exit_code == 2
    assert not key_file.exists()
