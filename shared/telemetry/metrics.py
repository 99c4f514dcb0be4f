"""Every metric there is, declared once, with what it measures; `/metrics` of each process shows those it fills."""

from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram, generate_latest

REQUEST_SECONDS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
WORK_SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Observer(Protocol):
    """A histogram with its labels chosen."""

    def observe(self, amount: float) -> None:
        """Count one value."""


# Labels come from our own code, never from a caller: routes are templates, reasons are codes.
HTTP_REQUEST_SECONDS = Histogram(
    "http_request_seconds",
    "Time to answer a request.",
    ["service", "method", "route", "status"],
    buckets=REQUEST_SECONDS,
)
GROUPING_BATCH_SIZE = Histogram(
    "grouping_batch_size", "Single posts that shared one transaction.", ["service", "use_case"], buckets=SIZES
)
IDEMPOTENT_REPLAYS = Counter("idempotent_replays_total", "Answers given again for a known key.", ["service"])
UPSTREAM_SECONDS = Histogram(
    "upstream_seconds", "Time of calls between services.", ["service", "callee", "outcome"], buckets=REQUEST_SECONDS
)

OUTBOX_DEPTH = Gauge("outbox_depth", "Events that wait for the relay.", ["service"])
OUTBOX_OLDEST = Gauge("outbox_oldest_seconds", "Age of the oldest event that waits for the relay.", ["service"])
RELAY_PUBLISHED = Counter("relay_published_total", "Events the broker acknowledged.", ["service"])

CONSUMER_LAG = Gauge("consumer_lag_seconds", "Age of the oldest message of the latest batch.", ["service"])
CONSUMER_BATCH_SIZE = Histogram("consumer_batch_size", "Messages of a batch.", ["service"], buckets=SIZES)
CONSUMER_BATCH_SECONDS = Histogram("consumer_batch_seconds", "Time of a batch.", ["service"], buckets=WORK_SECONDS)
CONSUMER_APPLIED = Counter("consumer_applied_total", "Messages that were handled.", ["service"])
CONSUMER_SKIPPED = Counter("consumer_skipped_total", "Messages of types nobody here handles.", ["service"])
CONSUMER_RETRIES = Counter("consumer_retries_total", "Batches that waited for database or broker.", ["service"])
CONSUMER_STOPPED = Gauge("consumer_stopped_partitions", "Partitions stopped by failing events.", ["service"])
CONSUMER_ALIVE = Gauge("consumer_alive_at", "When the consumer last came round, in Unix seconds.", ["service"])
DEAD_LETTERS = Counter("dead_letter_total", "Events that were parked.", ["service", "reason"])

TICK_SECONDS = Histogram("tick_seconds", "Time of a tick's run.", ["service", "tick"], buckets=WORK_SECONDS)
JOB_RUNNING = Gauge("job_running", "Jobs that run now, each in a process of its own.", ["service"])
ERASURES_OVERDUE = Gauge("erasures_overdue", "Erasures to which a service has not answered in time.")


def render() -> bytes:
    """All metrics of this process in the text format of Prometheus."""
    return generate_latest()
