"""What tests of profile share."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.profile.identities import usecases as identities
from services.profile.identities.schemas import Claim, Identity
from services.profile.seeding import seed
from shared.contracts.base import Origin
from shared.errors import Gone
from shared.settings import Settings

NewCustomer = Callable[..., UUID]


def claim(*pairs: tuple[str, str], known: bool = True, at: datetime, source: str = "shop") -> Claim:
    """A live claim of (kind, value) pairs."""
    return Claim(source, tuple(Identity(kind, value) for kind, value in pairs), known, Origin.LIVE, at)


def owners(session: Session, claims: Sequence[Claim], now: datetime) -> list[UUID]:
    """Whom each claim is about; none of them was erased."""
    found = identities.resolve(session, claims, now)
    assert not any(isinstance(one, Gone) for one in found)
    return [one for one in found if isinstance(one, UUID)]


@pytest.fixture
def profile(session_of: Callable[[str], Session], now: datetime) -> Session:
    """A session on profile's seeded database, rolled back after the test."""
    session = session_of("profile")
    seed(session, now, Settings())
    return session


@pytest.fixture
def customer(profile: Session, now: datetime) -> NewCustomer:
    """`customer(("phone", "+86…"))`: the id of a new customer with these identities."""

    def make(*pairs: tuple[str, str], at: datetime = now) -> UUID:
        return owners(profile, [claim(*pairs, at=at)], now)[0]

    return make
