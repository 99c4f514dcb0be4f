from pathlib import Path

import pytest

from deploy.local import preparing
from deploy.local.home import Home, prepare


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path)
    prepare(home, needed=0)
    for name in preparing.KEYS:
        preparing.key_file(home, name).write_text("gx_1_x")
    preparing.note(home)
    return home


def test_a_second_start_of_the_same_code_prepares_nothing(home: Home) -> None:
    assert preparing.is_done(home)


def test_a_fresh_home_is_to_be_prepared(tmp_path: Path) -> None:
    assert not preparing.is_done(Home(tmp_path / "fresh"))


def test_other_settings_are_prepared_for_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUANXI_BASE_CURRENCY", "EUR")
    assert not preparing.is_done(home)


def test_a_lost_key_is_made_again(home: Home) -> None:
    preparing.key_file(home, "admin").unlink()
    assert not preparing.is_done(home)


def test_other_code_is_prepared_for_again(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "new.py").write_text("")
    monkeypatch.setattr(preparing, "ROOT", tmp_path)
    assert not preparing.is_done(home)
