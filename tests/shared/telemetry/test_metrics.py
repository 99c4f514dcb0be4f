"""The list of metrics."""

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry import metrics

RESERVED = {"le", "quantile", "instance", "job"}


def test_every_metric_of_ours_is_declared_once_with_words() -> None:
    names = [metric.name for metric in metrics.METRICS]
    assert len(names) == len(set(names))
    for metric in metrics.METRICS:
        assert metric.help.endswith(".")
        assert not set(metric.labels) & RESERVED
        assert metric.kind in {"counter", "gauge", "histogram"}
        assert (metric.kind == "counter") == metric.name.endswith("_total")


def test_what_is_rendered_is_what_is_declared() -> None:
    families = {family.name: family for family in text_string_to_metric_families(metrics.render().decode())}
    for metric in metrics.METRICS:
        family = families[metric.name.removesuffix("_total")]
        assert (family.type, family.documentation) == (metric.kind, metric.help)
    assert REGISTRY is not None
