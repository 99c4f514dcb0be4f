import json
import subprocess
import sys
from pathlib import Path

from deploy.local import logs
from deploy.local.home import Home, prepare

SPEAKING = (
    "from shared import telemetry; from shared.settings import Settings; "
    "telemetry.configure(Settings(env='test'), 'profile.worker'); telemetry.log.warning('batch refused', count=3)"
)


def test_a_line_of_a_service_shows_when_and_how_badly_and_what_without_its_braces() -> None:
    line = subprocess.run([sys.executable, "-c", SPEAKING], capture_output=True, check=True, text=True).stdout
    said = json.loads(line)["at"][11:19]
    assert logs.readable("profile-worker", line).plain == f"profile-worker    {said} warning batch refused  count=3"


def test_a_plain_line_stays_as_it_is() -> None:
    assert logs.readable("postgres", "LOG:  ready [x]").plain == "postgres          LOG:  ready [x]"


def test_following_prints_whole_new_lines_of_every_log_once(tmp_path: Path) -> None:
    home = Home(tmp_path)
    prepare(home, needed=0)
    kafka, worker = home.logs / "kafka.log", home.logs / "scoring-worker.log"
    kafka.write_text("old\n")
    since = logs.ends(home)
    kafka.write_text("old\nnew\nhalf a li")
    worker.write_text("started\n")
    read = dict(since)
    assert list(logs.added(kafka, read)) == ["new"]
    assert list(logs.added(worker, read)) == ["started"]
    kafka.write_text("old\nnew\nhalf a line\n")
    assert list(logs.added(kafka, read)) == ["half a line"]
    assert list(logs.added(kafka, read)) == []


def test_a_rotated_log_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "kafka.log"
    path.write_text("much that was said before\n")
    read: dict[Path, int] = {}
    list(logs.added(path, read))
    path.write_text("fresh\n")
    assert list(logs.added(path, read)) == ["fresh"]
