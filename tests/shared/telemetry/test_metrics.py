"""The list of metrics."""

import re
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry import metrics

ROOT = Path(__file__).parents[3]
DECLARED = {name: value for name, value in vars(metrics).items() if isinstance(value, Counter | Gauge | Histogram)}
RESERVED = {"le", "quantile", "instance", "job"}


@pytest.mark.parametrize("metric", DECLARED.values(), ids=DECLARED)
def test_what_is_rendered_is_what_is_declared(metric: Counter | Gauge | Histogram) -> None:
    families = {family.name: family for family in text_string_to_metric_families(metrics.render().decode())}
    family = families[metric._name]
    assert (family.type, family.documentation) == (metric._type, metric._documentation)
    assert family.documentation.endswith(".")
    assert not set(metric._labelnames) & RESERVED


def test_every_metric_is_filled_by_somebody() -> None:
    code = "".join(path.read_text() for folder in ("shared", "services") for path in (ROOT / folder).rglob("*.py"))
    assert set(DECLARED) <= set(re.findall(r"\bmetrics\.([A-Z_]+)", code))
