"""docs/operating.md names all that an operator can run, set and watch."""

import re
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram
from typer.main import get_group

from services.gateway.__main__ import SERVICE as GATEWAY
from services.profile.__main__ import SERVICE as PROFILE
from shared.cli import SCHEMA_COMMANDS, Service, commands
from shared.settings import SERVICES, Settings
from shared.telemetry import metrics

PAGE = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
NAMED = set(re.findall(r"`([\w-]+)", PAGE))
OF_EACH = re.compile(f"^({'|'.join(SERVICES)})_(database|internal)")


@pytest.mark.parametrize("service", [PROFILE, GATEWAY], ids=lambda service: service.name)
def test_every_command_is_on_the_page(service: Service) -> None:
    assert {*get_group(commands(service)).commands, *SCHEMA_COMMANDS} <= NAMED


def test_every_setting_is_on_the_page() -> None:
    assert {name.upper() for name in Settings.model_fields if not OF_EACH.match(name)} <= NAMED


def test_every_metric_is_on_the_page() -> None:
    declared = [one for one in vars(metrics).values() if isinstance(one, Counter | Gauge | Histogram)]
    names = {f"{one._name}_total" if isinstance(one, Counter) else one._name for one in declared}
    assert names == {name for name in NAMED if name in names or name.endswith(("_seconds", "_total", "_size"))}
