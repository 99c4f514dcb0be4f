import signal
from pathlib import Path
from typing import Any

import pytest
from supervisor.options import ServerOptions

from deploy.local import databases, supervision
from deploy.local.accounts import server_account
from deploy.local.home import Home, prepare
from deploy.local.process import Program
from deploy.local.processes import PROCESSES, Addresses, port_names
from shared.settings import SERVICES


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "a home with blanks")
    prepare(home, needed=0)
    return home


@pytest.fixture
def programs(home: Home) -> dict[str, Any]:
    """What the supervisor itself understands of our configuration."""
    chosen = dict(zip(port_names(), range(20_000, 20_100), strict=False))
    addresses = Addresses(8080, chosen, databases.urls(home.secrets, chosen["postgres"], SERVICES))
    server = Program("postgres", ["/bin/postgres", "-c", "log_line_prefix=%m x"], {}, server_account(), signal.SIGINT)
    supervision.write_config(home, [server], addresses)
    options = ServerOptions()
    options.realize(["--nodaemon", "--configuration", str(home.supervisor_config)])
    groups = options.configroot.supervisord.process_group_configs
    return {process.name: process for group in groups for process in group.process_configs}


def test_the_supervisor_runs_the_servers_and_the_seven_processes(programs: dict[str, Any]) -> None:
    assert set(programs) == {"postgres", *(process.name for process in PROCESSES)}
    assert len(PROCESSES) == 7


def test_what_dies_is_restarted_and_what_keeps_dying_later_and_later(programs: dict[str, Any]) -> None:
    assert all(program.autorestart is not False and program.startretries == 100 for program in programs.values())


def test_commands_survive_the_configuration_as_they_are(programs: dict[str, Any], home: Home) -> None:
    assert programs["postgres"].command.endswith("'log_line_prefix=%m x'")
    assert programs["postgres"].stopsignal == signal.SIGINT
    assert programs["profile-api"].environment["GUANXI_CHANNEL_SINK_DIR"] == str(home.sink)


def test_a_service_sees_its_own_database_only(programs: dict[str, Any]) -> None:
    seen = {name for name in programs["scoring-worker"].environment if "_DATABASE_" in name}
    assert seen == {"GUANXI_SCORING_DATABASE_URL", "GUANXI_SCORING_DATABASE_DIRECT_URL"}


def test_every_process_has_ports_of_its_own(programs: dict[str, Any]) -> None:
    environments = [programs[process.name].environment for process in PROCESSES]
    assert len({environment["GUANXI_METRICS_PORT"] for environment in environments}) == 7
    assert programs["gateway-api"].environment["GUANXI_HTTP_PORT"] == "8080"


def test_the_configuration_holds_passwords_and_is_private(programs: dict[str, Any], home: Home) -> None:
    assert home.supervisor_config.stat().st_mode & 0o077 == 0


def test_the_socket_of_a_deep_home_is_still_short_enough() -> None:
    assert len(str(Home(Path("/") / ("deep/" * 40)).socket)) < 104


def test_no_supervisor_means_nothing_runs(home: Home) -> None:
    assert supervision.states(home) == []
    assert not supervision.is_running(home)
