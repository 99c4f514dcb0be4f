"""Giving, using up, giving back and ending permissions."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.credits import repository
from services.engagement.credits.schemas import Key
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Answer
from services.engagement.suppressions.usecases import hash_of
from shared import linking
from shared.errors import NotFound
from shared.settings import Settings
from shared.web.client import PATIENCE
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing

TOPIC = "service"  # addresses do not depend on it


def key_of(channel: str, address: str, provider_template: str) -> Key:
    """The key of an address as it stands."""
    return Key(channel, hash_of(channel, address), provider_template)


def give(session: Session, keys: Sequence[Key]) -> None:
    """One more under each key; a key may stand there several times. Giving back is the same."""
    repository.add(session, Counter(keys))


def spend(session: Session, keys: Sequence[Key]) -> None:
    """One less under each key. What was not there is not owed: the provider has the last word."""
    repository.add(session, {key: -count for key, count in Counter(keys).items()})


def end(session: Session, keys: Collection[Key]) -> None:
    """Nothing is left: the person took it back, or the provider says so."""
    if keys:
        repository.end(session, keys)


def left(session: Session, keys: Collection[Key]) -> dict[Key, int]:
    """How many are left under each key; what is not there has none."""
    return repository.left(session, keys)


def hear(settings: Settings, customer_id: UUID) -> Answer:
    """What profile says about a customer's addresses. Asked before the transaction begins, so that none waits."""
    return reach.ask(settings, customer_id, TOPIC, deadline=PATIENCE)


def listed(session: Session, customer_id: UUID, answer: Answer, page: PageRequest) -> Listing[Any]:
    """What a person may still be sent. Raises NotFound, and Unavailable when profile did not answer."""
    linking.person(session, customer_id)
    if answer.failure:
        raise answer.failure
    if answer.person is None:
        raise NotFound("There is no such customer.")
    hashes = [(one.channel, hash_of(one.channel, one.value)) for one in answer.person.contacts]
    return repository.listed(session, hashes, page)
