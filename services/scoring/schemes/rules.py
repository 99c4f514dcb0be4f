"""Changing documents, and what is told of a scheme. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.contracts.scoring import SchemePublished

TOLD_OF_TIERS = ("rank", "titles", "benefits", "points_multiplier")


def told(kind: str, version: int, content: Mapping[str, Any], effective_at: datetime, now: datetime) -> SchemePublished:
    """The event of a version that is in force. Tiers are told with what they say, declared dimensions by name."""
    tiers = content.get("tiers", []) if kind == "tiers" else []
    declared = content.get("declared", []) if kind == "dimensions" else []
    return SchemePublished.model_validate(
        {
            "kind": kind,
            "version": version,
            "scheme_version": version,
            "effective_at": effective_at,
            "occurred_at": effective_at,
            "recorded_at": now,
            "dimensions": [{"dimension": one["code"], "titles": one["titles"]} for one in declared],
            "tiers": [{"tier": one["code"], **{name: one[name] for name in TOLD_OF_TIERS}} for one in tiers],
        }
    )
