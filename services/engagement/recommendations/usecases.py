"""Asking scoring, for a few people and not for long: a message goes out without what does not come in time."""

import atexit
import time
from collections.abc import Collection, Sequence
from functools import cache
from uuid import UUID

from services.engagement.recommendations.schemas import Offered
from shared.errors import GuanxiError
from shared.settings import Settings
from shared.telemetry import log
from shared.web.client import InternalClient

MOST = 4  # products in a message
PATIENCE = 1.0  # seconds for all people together


@cache
def _client(settings: Settings) -> InternalClient:
    client = InternalClient(settings, "engagement", scopes=("scoring:read",))
    atexit.register(client.close)
    return client


def fetch(
    settings: Settings, customer_ids: Collection[UUID], *, patience: float = PATIENCE
) -> dict[UUID, Sequence[Offered]]:
    """What to offer each of these customers, the best first; who is missing has nothing, or the time was over."""
    ends_at = time.monotonic() + patience
    found: dict[UUID, Sequence[Offered]] = {}
    for customer_id in sorted(set(customer_ids)):
        left = ends_at - time.monotonic()
        if left <= 0:
            break
        try:
            path = f"/v1/customers/{customer_id}/recommendations?limit={MOST}"
            answer = _client(settings).get("scoring", path, deadline=left)
        except GuanxiError as error:
            log.info("a message goes out without recommendations", code=error.code)
            continue
        offered = [Offered.model_validate(item) for item in answer["items"]]
        found[customer_id] = [one for one in offered if one.titles]
    return found
