"""Asking scoring, once for a batch and not for long: a message goes out without what does not come in time."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.engagement.recommendations.schemas import Offered
from shared.errors import GuanxiError
from shared.settings import Settings
from shared.telemetry import log
from shared.web.client import client_of

MOST = 4  # products in a message
PATIENCE = 4.0  # seconds for a batch
BATCH = 200


def fetch(
    settings: Settings, customer_ids: Collection[UUID], *, patience: float = PATIENCE
) -> dict[UUID, Sequence[Offered]]:
    """What to offer each of these canonical customers, the best first; none where scoring does not answer in time."""
    wanted, found = sorted(set(customer_ids)), dict[UUID, Sequence[Offered]]()
    for start in range(0, len(wanted), BATCH):
        body = {"customer_ids": [str(one) for one in wanted[start : start + BATCH]], "limit": MOST}
        try:
            answer = client_of(settings, "engagement", "scoring:read").post(
                "scoring", "/internal/recommendations", body, deadline=patience, idempotent=True
            )
        except GuanxiError as error:
            log.info("messages go out without recommendations", code=error.code)
            break
        for one in answer:
            offered = [Offered.model_validate(item) for item in one["items"]]
            found[UUID(one["customer_id"])] = [product for product in offered if product.titles]
    return found
