import base64
import json
import stat
from pathlib import Path

from deploy.containers.__main__ import secrets as container_secrets
from deploy.local import secrets
from shared import crypto
from shared.settings import Settings


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    secrets.password(tmp_path / "word")
    made = [tmp_path / "word", secrets.key_file(tmp_path / "key"), secrets.keyring_file(tmp_path / "ring")]
    assert [mode(path) for path in made] == [0o600] * 3


def test_a_secret_is_made_once(tmp_path: Path) -> None:
    assert secrets.password(tmp_path / "word") == secrets.password(tmp_path / "word")
    assert secrets.key_file(tmp_path / "key").read_text() == secrets.key_file(tmp_path / "key").read_text()


def test_two_secrets_differ_and_are_long(tmp_path: Path) -> None:
    first, second = secrets.key_file(tmp_path / "a").read_text(), secrets.key_file(tmp_path / "b").read_text()
    assert first != second
    assert len(base64.b64decode(first)) == secrets.KEY_BYTES
    assert len(secrets.password(tmp_path / "word")) >= 32


def test_an_old_file_is_replaced_whole_and_loses_its_wide_mode(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text("old and longer than the new")
    path.chmod(0o644)
    secrets.write_private(path, "new")
    assert path.read_text() == "new"
    assert mode(path) == 0o600


def test_the_key_ring_is_one_that_the_suite_reads(tmp_path: Path, key_files: dict[str, Path]) -> None:
    ring = secrets.keyring_file(tmp_path / "keyring.json")
    lookup = secrets.key_file(tmp_path / "lookup.key")
    try:
        crypto.configure(Settings(env="test", keyring_file=ring, lookup_key_file=lookup))
    finally:
        crypto.configure(Settings(env="test", **key_files))  # type: ignore[arg-type]


def test_containers_get_every_secret_and_postgres_can_read_its_own(tmp_path: Path) -> None:
    own, of_postgres = tmp_path / "secrets", tmp_path / "postgres"
    container_secrets(own, of_postgres)
    container_secrets(own, of_postgres)
    assert mode(own / "keyring.json") == mode(own / "profile_internal.key") == mode(own / "pgpass") == 0o600
    assert set(json.loads((own / "keyring.json").read_text())) == {"current", "keys"}
    assert (own / "pgpass").read_text().splitlines()[
        0
    ] == f"*:*:profile:profile:{secrets.password(own / 'profile_database')}"
    assert mode(of_postgres / "password") == 0o444
