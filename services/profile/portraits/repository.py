"""The one statement that asks orders what they say, for many people at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.profile.portraits.fields import VOTES
from services.profile.portraits.rules import BOUNDS
from services.profile.portraits.schemas import Vote

PEOPLE = "SELECT canonical_id AS id, customer_id AS member FROM customer_ref WHERE canonical_id = ANY(:ids)"
BEST = text(VOTES.format(people=PEOPLE, since=":since", bounds="CAST(:bounds AS numeric[])") + "SELECT * FROM best")


def votes(session: Session, canonical_ids: Collection[UUID], zone: str, *, since: datetime) -> list[Vote]:
    """What most orders of each person say about each label, over all linked ids and orders that count, after `since`.

    `promotion_driven` is left out where there is no such order.
    """
    rows = session.execute(BEST, {"ids": list(canonical_ids), "zone": zone, "since": since, "bounds": list(BOUNDS)})
    return [Vote(one.who, one.label, one.value, one.orders, one.total, one.net, one.last_at) for one in rows]
