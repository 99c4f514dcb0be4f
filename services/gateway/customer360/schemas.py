"""The customer 360 document: its keys are fixed here, what stands under them is described by the services."""

from typing import Any

from pydantic import Field

from shared.web.schemas import Out

Part = dict[str, Any] | None
Many = list[Any] | None


class Customer360(Out):
    """A part that is not built or not known yet is null; one whose service missed the deadline is in `unavailable`."""

    customer: Part = None
    statistics: Part = None
    rfm: Part = None
    value: Part = None
    dimensions: Any = None
    criteria: Any = None
    lifecycle: Part = None
    tier: Part = None
    strategy: Part = None
    churn: Part = None
    segments: Many = None
    assignments: Many = None
    consents: Many = None
    points: Part = None
    benefits: Many = None
    coupons: Many = None
    cases: Many = None
    tasks: Many = None
    messages: Many = None
    timeline: Many = None
    unavailable: list[str] = Field(default_factory=list, description="Parts that could not be read in time.")


# Which service answers for which parts.
PARTS = {
    "profile": ("customer", "segments", "assignments", "consents", "timeline"),
    "scoring": (("statistics", "rfm", "value", "dimensions", "criteria", "lifecycle", "tier", "strategy", "churn")),
    "engagement": ("points", "benefits", "coupons", "cases", "tasks", "messages"),
}
