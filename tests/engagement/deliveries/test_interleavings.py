"""Whatever happens between the steps of sending: nothing twice, nothing unwanted, nobody forgotten."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.engagement.channels import usecases as channels
from services.engagement.decisions import rules as decision_rules
from services.engagement.deliveries import repository
from services.engagement.deliveries import rules as delivery_rules
from services.engagement.deliveries import usecases as deliveries
from services.engagement.messages.tables import Message
from services.engagement.policies.tables import SendingPolicy
from services.engagement.reach import usecases as reach
from shared import due
from tests.engagement.deliveries.world import PEOPLE, World

pytestmark = pytest.mark.capability("C-25")

Happening = Callable[[World], None]
who = st.integers(0, PEOPLE - 1)
minutes = st.sampled_from([1, 5, 24 * 60])
answers = st.lists(
    st.sampled_from(["takes", "takes", "takes and dies", "dies", "takes, silent", "silent", "later", "refuses"]),
    max_size=10,
)


def happenings() -> st.SearchStrategy[Happening]:
    """Each says its own name when a test fails."""

    def named(name: str, **by: Any) -> st.SearchStrategy[Happening]:
        def made(**values: Any) -> Happening:
            def happen(world: World) -> None:
                getattr(world, name)(**values)

            happen.__qualname__ = f"{name}({values})"
            return happen

        return st.builds(made, **by)

    return st.one_of(
        named("work"),
        named("work"),
        named("ask", who=who, minutes=minutes, campaign=st.booleans()),
        named("withdraw", who=who, told=st.booleans()),
        named("agree", who=who),
        named("merge", who=who, into=who),
        named("wait", seconds=st.sampled_from([1, 4, 30, 61, 700])),
    )


@pytest.fixture
def world_of(
    session_of: Callable[[str], Session], monkeypatch: pytest.MonkeyPatch, settings_for: Any, now: datetime
) -> Any:
    """`world_of()`: a new world; the one before is forgotten."""
    session = session_of("engagement")
    session.execute(update(SendingPolicy).values(caps=[], quiet_hours=None))

    def make() -> World:
        session.execute(delete(Message))
        made = World(session, settings_for(channel_sink_dir="/nowhere"), now)
        monkeypatch.setattr(reach, "fetch", made.people)
        monkeypatch.setattr(channels, "opened", lambda *_: {"email": made})
        monkeypatch.setattr(deliveries, "_asked", stepping(made, ASKED))
        return made

    return make


ASKED = deliveries._asked


def stepping(world: World, work: Any) -> Any:
    """Between claiming and deciding anything may happen, before profile is asked and after."""

    def stepped(*args: Any) -> Any:
        world.step()
        answer = work(*args)
        world.step()
        return answer

    return stepped


def lived(world: World, happens: list[Happening], between: list[Happening], says: list[Any]) -> World:
    world.between, world.answers = list(between), list(says)
    for one in happens:
        one(world)
    world.drain()
    return world


def judge(world: World) -> None:
    """Nothing wrong arrived; everybody who waits for nothing else is served, or it is shown that nobody knows."""
    assert world.faults == []
    arrived = {one.message_id for one, _ in world.arrived}
    unknown = {one.message_id for one in world.all() if one.status == "unknown"}
    assert unknown <= world.in_doubt
    for one in world.all():
        assert one.due_at is None, (one.status, one.reason)
        assert (one.status == "sent") <= (one.message_id in arrived)
        assert one.status in {"sent", "unknown", "failed", "expired", "skipped"}
        if one.status == "skipped":
            assert one.reason in {"consent.withdrawn", "dedupe.duplicate"}
        if one.status == "failed":
            assert one.attempts[-1]["result"] in ("refused", "later")


def examples(count: int) -> settings:
    quick: Any = {"deadline": None, "database": None, "derandomize": True, "phases": [Phase.generate]}
    return settings(max_examples=count, suppress_health_check=list(HealthCheck), **quick)


def check(world_of: Any, count: int) -> None:
    @examples(count)
    @given(st.lists(happenings(), min_size=3, max_size=14), st.lists(happenings(), max_size=10), answers)
    def holds(happens: list[Happening], between: list[Happening], says: list[Any]) -> None:
        judge(lived(world_of(), happens, between, says))

    holds()


def test_no_interleaving_sends_twice_or_against_a_wish_or_forgets_anybody(world_of: Any) -> None:
    check(world_of, 25)


def claim_without_lease(session: Session, due_at: Any, now: datetime, *, limit: int = 500, **_: Any) -> Any:
    """The mutant: who claims does not keep others away."""
    taken = select(Message.message_id).where(due_at <= now).order_by(due_at).limit(limit)
    return list(session.scalars(taken)), now


def still_claimed_by_anybody(session: Session, message_ids: Any, stamp: datetime) -> Any:
    """The mutant: what others did since is not looked at."""
    return session.scalars(select(Message).where(Message.message_id.in_(message_ids))).all()


Patch = pytest.MonkeyPatch


def _claim(patch: Patch) -> None:
    patch.setattr(due, "claim", claim_without_lease)
    patch.setattr(repository, "still_claimed", still_claimed_by_anybody)


def _consent(patch: Patch) -> None:
    patch.setitem(decision_rules.GATES, "consent", lambda *_: decision_rules.PASS)


def _expiry(patch: Patch) -> None:
    patch.setitem(decision_rules.GATES, "expiry", lambda *_: decision_rules.PASS)
    patch.setattr(delivery_rules, "is_stale", lambda *_: False)


def _once_a_person(patch: Patch) -> None:
    patch.setattr(repository, "told_already", lambda *_: set())


def _unknown(patch: Patch) -> None:
    def again(message: Message) -> dict[str, Any]:
        return {"status": "queued", "due_at": message.created_at, "attempts": message.attempts}

    patch.setattr(delivery_rules, "given_up", again)


MUTANTS = {"claim": _claim, "consent": _consent, "expiry": _expiry, "once": _once_a_person, "unknown": _unknown}


@pytest.mark.mutant
@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_broken_mechanism_is_noticed(world_of: Any, monkeypatch: pytest.MonkeyPatch, mutant: str) -> None:
    MUTANTS[mutant](monkeypatch)
    with pytest.raises((AssertionError, ExceptionGroup)):
        check(world_of, 400)
