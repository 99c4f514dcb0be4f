"""Whom the ledger bars."""

from collections.abc import Collection, Mapping
from datetime import datetime

from services.profile.identities.rules import PERSONAL
from services.profile.identities.schemas import Claim, Key
from shared.contracts.base import Origin


def is_barred(claim: Claim, keys: Collection[Key], erased: Mapping[Key, datetime]) -> bool:
    """Whether a claim tells of somebody from before they were erased; an import always tells of the past.

    A device may be shared: it bars alone only where nothing else says who it is.
    """
    known = [key for key in keys if key.kind in PERSONAL] or list(keys)
    times = [erased[key] for key in known if key in erased]
    return bool(times) and (claim.origin is not Origin.LIVE or claim.occurred_at <= max(times))
