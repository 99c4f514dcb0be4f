"""What lies at hand while a batch is sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.engagement.channels.rules import Pace
from services.engagement.channels.schemas import Adapter
from services.engagement.composing.schemas import Desk
from services.engagement.reach.schemas import Person
from services.engagement.recommendations.schemas import Offered
from shared.runtime import Runtime

People = Mapping[tuple[str, UUID], Person]


@dataclass(frozen=True, slots=True)
class Round:
    """One claimed batch on its way."""

    runtime: Runtime
    stamp: datetime
    people: People
    offered: Mapping[UUID, Sequence[Offered]]
    asked_at: datetime
    adapters: Mapping[str, Adapter]


@dataclass(frozen=True, slots=True)
class Table:
    """What a few messages of a batch are written on."""

    batch: Round
    desk: Desk
    hours: int
    paces: Mapping[str, Pace]
    queues: Mapping[str, int]  # how many wait for a channel with a pace
    recommending: Collection[UUID]  # messages whose template speaks of products
