"""A restored backup brings nobody back who was erased after it was made."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from uuid import UUID

import orjson
import pytest
from sqlalchemy import func, select, update

from services.profile.customers.tables import Customer
from services.profile.identities.ledger import usecases as ledger
from services.profile.identities.ledger.tables import ErasedIdentity
from services.profile.identities.tables import IdentityRow
from services.profile.links import usecases as links
from services.profile.privacy.restores.usecases import apply
from services.profile.privacy.tables import Erasure
from shared import erasure, linking
from shared.errors import Unavailable
from shared.ids import new_id
from shared.linking import CustomerRef
from shared.runtime import Runtime
from tests.gateway.servers import free_port, serving
from tests.gateway.upstreams import FakeService
from tests.profile.conftest import claim, owners

pytestmark = pytest.mark.capability("C-09")


class Told(FakeService):
    """A service that tells whom it erased."""

    def tell(self, *customer_ids: UUID, at: datetime) -> None:
        erased = [{"customer_id": str(one), "erased_at": at.isoformat()} for one in customer_ids]
        self.answer = (200, orjson.dumps(erased))


@pytest.fixture
def others() -> dict[str, Told]:
    return {"scoring": Told(answer=(200, b"[]")), "engagement": Told(answer=(200, b"[]"))}


@pytest.fixture
def restored(runtime_of: Callable[..., Runtime], others: dict[str, Told]) -> Iterator[Runtime]:
    """Profile on a database that is older than what the other services know."""
    with ExitStack() as stack:
        urls = {f"{name}_url": stack.enter_context(serving(one)) for name, one in others.items()}
        yield runtime_of("profile", **urls)


def meet(runtime: Runtime, *names: str) -> list[UUID]:
    now = runtime.now()
    with runtime.database.transaction() as session:
        claims = [claim(("external", name), at=now) for name in names]
        return owners(session, claims, now)


def here(runtime: Runtime) -> dict[str, int]:
    with runtime.database.reading() as session:
        active = select(func.count()).select_from(Customer).where(Customer.status == "active")
        known = select(func.count()).select_from(IdentityRow)
        return {"active": session.scalar(active) or 0, "identities": session.scalar(known) or 0}


def test_whom_others_erased_is_erased_again_with_all_linked_ids(restored: Runtime, others: dict[str, Told]) -> None:
    now = restored.now()
    ada, bea, cid = meet(restored, "u-ada", "u-bea", "u-cid")
    with restored.database.transaction() as session:
        links.join(session, ada, [bea], now)
    unknown = new_id()
    others["engagement"].tell(bea, unknown, at=now)
    assert apply(restored) == 1
    assert here(restored) == {"active": 1, "identities": 1}
    with restored.database.reading() as session:
        assert linking.erased(session, [ada, bea, cid, unknown]) == {ada, bea, unknown}
        assert session.execute(select(Erasure.status, Erasure.requested_by)).all() == [("erased", "restore")]
        assert session.scalar(select(func.count()).select_from(ErasedIdentity)) == 2
    assert apply(restored) == 0


def test_who_is_in_the_ledger_is_erased_again(restored: Runtime) -> None:
    (ada,) = meet(restored, "u-ada")
    with restored.database.transaction() as session:
        ledger.enter(session, [ada], restored.now())
    assert apply(restored) == 1
    assert here(restored) == {"active": 0, "identities": 0}


def test_without_an_answer_of_every_service_nothing_is_said_to_be_done(
    runtime_of: Callable[..., Runtime], others: dict[str, Told]
) -> None:
    with serving(others["engagement"]) as url:
        runtime = runtime_of("profile", engagement_url=url, scoring_url=f"http://127.0.0.1:{free_port()}")
        with pytest.raises(Unavailable):
            apply(runtime)


def test_a_service_tells_whom_it_erased(runtime_of: Callable[..., Runtime], now: datetime) -> None:
    runtime = runtime_of("scoring")
    some = sorted(new_id() for _ in range(3))
    with runtime.database.transaction() as session:
        linking.ensure(session, some)
        session.execute(update(CustomerRef).where(CustomerRef.customer_id != some[1]).values(erased_at=now))
    with runtime.database.reading() as session:
        assert [one.customer_id for one in erasure.erased_after(session, None, 1)] == some[:1]
        assert [one.customer_id for one in erasure.erased_after(session, some[0], 5)] == some[2:]
