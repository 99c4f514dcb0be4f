"""What lies on the desk while a batch is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.engagement.channels.tables import Channel
from services.engagement.orders.tables import OrderState
from services.engagement.policies.schemas import Merchant
from services.engagement.recommendations.schemas import Offered
from services.engagement.task_policies.schemas import Pace
from shared.settings import Settings

SURVEY = "survey"  # the kind of link that opens an invitation
CLICK = "click"  # the kind of link that leads on and tells that it was followed


@dataclass(frozen=True, slots=True)
class Desk:
    """What all messages of a batch need."""

    settings: Settings
    merchant: Merchant
    ways: Mapping[str, Channel]
    orders: Mapping[UUID, OrderState]
    pace: Pace
    tiers: Mapping[UUID, str]  # by canonical customer, as is what is offered
    offered: Mapping[UUID, Sequence[Offered]]
    at: datetime
