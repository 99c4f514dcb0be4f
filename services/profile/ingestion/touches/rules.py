"""From campaigns, landing pages and the pages before them to touches."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from shared.contracts.base import is_readable

LONGEST = 128
# What a landing page's address may say of each part, the surest first.
PARAMETERS = {
    "source": ("utm_source", "source", "ref"),
    "medium": ("utm_medium",),
    "campaign": ("utm_campaign",),
}

Touch = dict[str, str]


def of_campaign(campaign: Mapping[str, Any]) -> Touch:
    """The touch of a campaign by the names of the tracking specification; empty when it says nothing."""
    return _said({"source": campaign.get("source"), "medium": campaign.get("medium"), "campaign": campaign.get("name")})


def of_visit(landing: Any, referrer: Any) -> Touch:
    """The touch that a landing page's address tells of, else the page before; empty when neither says anything."""
    asked, host = _query_and_host(landing)
    found = {
        part: next((asked[name][0] for name in names if name in asked), None) for part, names in PARAMETERS.items()
    }
    return _said(found) or _of_referrer(referrer, host)


def _of_referrer(referrer: Any, own: str | None) -> Touch:
    _, host = _query_and_host(referrer)
    return {} if host is None or host == own else _said({"source": host, "medium": "referral"})


def _query_and_host(address: Any) -> tuple[Mapping[str, list[str]], str | None]:
    try:
        parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
        return parse_qs(parts.query, max_num_fields=100), parts.hostname
    except ValueError:  # not an address
        return {}, None


def _said(parts: Mapping[str, Any]) -> Touch:
    texts = {name: value.strip()[:LONGEST] for name, value in parts.items() if isinstance(value, str)}
    return {name: text for name, text in texts.items() if text and is_readable(text)}
