"""Every metric there is, declared once: the list that /metrics, the documentation and the alarms agree on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest

REQUEST_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
WORK_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as the documentation shows it."""

    name: str
    kind: str
    labels: tuple[str, ...]
    help: str


class Observer(Protocol):
    """A histogram with its labels chosen."""

    def observe(self, amount: float) -> None:
        """Count one value."""


METRICS: list[Metric] = []


def _declared(kind: str, name: str, help_: str, labels: Sequence[str]) -> tuple[str, str, Sequence[str]]:
    METRICS.append(Metric(name, kind, tuple(labels), help_))
    return name, help_, labels


def _counter(name: str, help_: str, *labels: str) -> Counter:
    return Counter(*_declared("counter", name, help_, labels))


def _gauge(name: str, help_: str, *labels: str) -> Gauge:
    return Gauge(*_declared("gauge", name, help_, labels))


def _histogram(name: str, help_: str, buckets: Sequence[float], *labels: str) -> Histogram:
    return Histogram(*_declared("histogram", name, help_, labels), buckets=buckets)


# Labels come from our own code, never from a caller: routes are templates, reasons are codes.
HTTP_REQUEST_SECONDS = _histogram(
    "http_request_seconds", "Time to answer a request.", REQUEST_SECONDS, "service", "method", "route", "status"
)
GROUPING_BATCH_SIZE = _histogram(
    "grouping_batch_size", "Single posts that shared one transaction.", SIZES, "service", "use_case"
)
IDEMPOTENT_REPLAYS = _counter("idempotent_replays_total", "Answers given again for a known key.", "service")
UPSTREAM_SECONDS = _histogram(
    "upstream_seconds", "Time of calls between services.", REQUEST_SECONDS, "service", "callee", "outcome"
)

OUTBOX_DEPTH = _gauge("outbox_depth", "Events that wait for the relay.", "service")
OUTBOX_OLDEST = _gauge("outbox_oldest_seconds", "Age of the oldest event that waits for the relay.", "service")
RELAY_PUBLISHED = _counter("relay_published_total", "Events the broker acknowledged.", "service")

CONSUMER_LAG = _gauge("consumer_lag_seconds", "Age of the oldest message of the latest batch.", "service")
CONSUMER_BATCH_SIZE = _histogram("consumer_batch_size", "Messages of a batch.", SIZES, "service")
CONSUMER_BATCH_SECONDS = _histogram("consumer_batch_seconds", "Time of a batch.", WORK_SECONDS, "service")
CONSUMER_APPLIED = _counter("consumer_applied_total", "Messages that were handled.", "service")
CONSUMER_SKIPPED = _counter("consumer_skipped_total", "Messages of types nobody here handles.", "service")
CONSUMER_RETRIES = _counter("consumer_retries_total", "Batches that waited for database or broker.", "service")
CONSUMER_STOPPED = _gauge("consumer_stopped_partitions", "Partitions stopped by failing events.", "service")
CONSUMER_ALIVE = _gauge("consumer_alive_at", "When the consumer last came round, in Unix seconds.", "service")
DEAD_LETTERS = _counter("dead_letter_total", "Events that were parked.", "service", "reason")

DUE_DEPTH = _gauge("due_depth", "Rows whose time has come.", "service", "queue")
TICK_SECONDS = _histogram("tick_seconds", "Time of a tick's run.", WORK_SECONDS, "service", "tick")
JOB_RUNNING = _gauge("job_running", "Jobs that run now.", "service", "kind")
ERASURES_OVERDUE = _gauge("erasures_overdue", "Erasures to which a service has not answered in time.")


def render() -> bytes:
    """All metrics of this process in the text format of Prometheus."""
    return generate_latest(REGISTRY)
