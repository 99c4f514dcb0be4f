"""The report of complaints on the wire."""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from services.engagement.slas.policies.schemas import Metric
from shared.contracts.base import Code
from shared.web.schemas import MoneyOut, Out

Dimension = Literal["category", "root_cause", "severity", "channel", "status", "owner"]


class ComplaintRow(Out):
    """Complaints that have something in common; `key` null: not known."""

    key: Code | None
    complaints: int
    unsettled: int
    settled: int = Field(description="Resolved or closed.")
    breached: int = Field(description="With a clock that ran out.")
    reopened: int
    repeated: int = Field(description="Of a person who complained of the same category within 90 days before.")
    hours: float | None = Field(description="Median hours from opening to resolution, around the clock.")
    compensation: MoneyOut


class MetricRow(Out):
    """Clocks of one metric that ended or ran out."""

    metric: Metric
    clocks: int
    in_time: int
    hit_rate: float | None = Field(description="in_time / clocks; null without any.")
    low: float | None = Field(description="95 % interval of it (Wilson).")
    high: float | None


class ComplaintReport(Out):
    """Complaints opened in a span, without those rejected or merged into others."""

    total: ComplaintRow
    by: Dimension
    rows: Sequence[ComplaintRow]
    sla: Sequence[MetricRow]
