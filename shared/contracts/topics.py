"""The shape of each topic: who reads it and how long it keeps what."""

from dataclasses import dataclass
from datetime import timedelta

from shared.contracts.base import Topic

PARTITIONS = 12  # for ever: another count would move keys and break their order


@dataclass(frozen=True, slots=True)
class Shape:
    """One topic: its writer, its readers, its retention."""

    writer: str
    readers: tuple[str, ...]
    retention: timedelta


TOPICS = {
    Topic.COMMERCE: Shape("shops", ("profile",), timedelta(days=3)),
    Topic.PROFILE: Shape("profile", ("scoring", "engagement"), timedelta(days=14)),
    Topic.SCORING: Shape("scoring", ("profile", "engagement"), timedelta(days=14)),
    Topic.ENGAGEMENT: Shape("engagement", ("profile", "scoring"), timedelta(days=14)),
}
