"""Short ways to make campaigns, fill segments, run the ticks and hear of orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.engagement.broadcasts import usecases as broadcasts
from services.engagement.broadcasts.tables import CampaignMember
from services.engagement.campaigns import usecases as campaigns
from services.engagement.campaigns.schemas import NewCampaign
from services.engagement.campaigns.tables import Campaign
from services.engagement.orders.tables import OrderState
from services.engagement.segments.tables import SegmentsOf
from shared import linking
from shared.db import REPLACE, put
from shared.ids import new_id
from shared.runtime import Runtime
from tests.engagement.conftest import Profile
from tests.engagement.posting import send

REGULARS, COMPLAINERS = UUID(int=1), UUID(int=2)


def body(**fields: Any) -> dict[str, Any]:
    """A campaign by mail to the regulars but for the complainers, without a hold-out, for two days."""
    return {
        "name": "Autumn",
        "purpose": "marketing",
        "topic": "care",
        "channels": ["email"],
        "audience": {"include": [str(REGULARS)], "exclude": [str(COMPLAINERS)]},
        "holdout": 0,
        "variants": [{"code": "a", "weight": 1, "template": "birthday"}],
        "window": {"from": "2026-11-25T00:00:00Z", "to": "2026-11-27T12:00:00Z"},
        "attribution": {"days": 7, "categories": []},
    } | fields


def put_in(runtime: Runtime, segment: UUID, customer_ids: Sequence[UUID], *more: UUID) -> None:
    """Have profile say that these people are in a segment, and in more."""
    members = [str(segment), *(str(one) for one in more)]
    with runtime.database.transaction() as session:
        linking.ensure(session, customer_ids)
        rows = [{"customer_id": one, "version": 1, "members": members} for one in customer_ids]
        put(session, SegmentsOf, rows, on_conflict=REPLACE)


def regulars(runtime: Runtime, profile: Profile, count: int, **known: Any) -> list[UUID]:
    """New people among the regulars, which count as a segment, as the complainers do."""
    profile.segments |= {REGULARS, COMPLAINERS}
    people = [profile.add(**known) for _ in range(count)]
    put_in(runtime, REGULARS, people)
    return people


def begin(runtime: Runtime, **fields: Any) -> UUID:
    """A campaign that runs from now on."""
    with runtime.database.transaction() as session:
        campaign = campaigns.create(session, NewCampaign.model_validate(body(**fields)), runtime.now())
        return campaigns.start(session, campaign.campaign_id, runtime.now()).campaign_id


def advance(runtime: Runtime) -> None:
    """Run the tick of campaigns until it has nothing more to do at once."""
    while broadcasts.advance_due(runtime):
        pass


def run(runtime: Runtime) -> None:
    """Release and send all that goes out now."""
    advance(runtime)
    while send(runtime):
        advance(runtime)


def members(runtime: Runtime, campaign_id: UUID) -> Sequence[CampaignMember]:
    """The audience of a campaign."""
    with runtime.database.reading() as session:
        found = select(CampaignMember).where(CampaignMember.campaign_id == campaign_id)
        return session.scalars(found.order_by(CampaignMember.customer_id)).all()


def campaign(runtime: Runtime, campaign_id: UUID) -> Campaign:
    """A campaign as it is now."""
    with runtime.database.reading() as session:
        return session.get_one(Campaign, campaign_id)


def bought(runtime: Runtime, customer_id: UUID, placed_at: datetime, net: str, **fields: Any) -> None:
    """An order of tea."""
    row: dict[str, Any] = {
        "order_id": new_id(),
        "customer_id": customer_id,
        "version": 1,
        "shop_order_id": "S-1",
        "status": "paid",
        "test": False,
        "placed_at": placed_at,
        "currency": "CNY",
        "rate": 1,
        "total": net,
        "lines": [{"sku": "tea-1", "category": "tea", "quantity": 1, "net": net}],
    }
    with runtime.database.transaction() as session:
        linking.ensure(session, [customer_id])
        put(session, OrderState, [row | fields])
