"""What a process tells about itself: JSON log lines, Prometheus metrics, OpenTelemetry traces."""

from shared.settings import Settings
from shared.telemetry import logs, tracing
from shared.telemetry.logs import log

__all__ = ["configure", "log"]


def configure(settings: Settings, process: str) -> None:
    """Set up logs and traces of this process, such as `profile.api`; call it once, first."""
    logs.configure(settings.log_level, process)
    tracing.configure(settings.otel_exporter_otlp_endpoint, process)
