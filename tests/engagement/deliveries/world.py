"""A small world in which everything happens between any two steps of sending, and what must hold of it whatever does.

Workers are interleaved where they can be: between claiming and deciding, between marking and handing over, between
handing over and settling. A worker that is killed there leaves what its last transaction committed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.engagement.channels.schemas import Outcome, Outgoing
from services.engagement.customers import usecases as customers
from services.engagement.deliveries import usecases as deliveries
from services.engagement.messages import usecases as messages
from services.engagement.messages.tables import Message
from services.engagement.reach.schemas import Agreement, Contact, Person
from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import Draft
from services.engagement.templates import usecases as templates
from services.engagement.templates.tables import Template
from shared.contracts.profile import ConsentRecorded, CustomerLinked
from shared.ids import derived_id, new_id
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.databases import Within

PEOPLE = 5
CAMPAIGN = derived_id("campaign", "of the world")
BOUND = timedelta(seconds=11)  # what was decided, on what profile said, may be this old when it goes out
Answer = Literal["takes", "takes and dies", "dies", "takes, silent", "silent", "later", "refuses"]
TAKING = {"takes", "takes and dies", "takes, silent"}


class Killed(BaseException):
    """The process is gone; nobody catches this."""


class Once(Within):
    """The database of a test, read anew in every transaction: workers share no memory."""

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self._session.expire_all()
        with super().transaction() as session:
            yield session


@dataclass
class World:
    """What is true outside, what happened, and what is still to happen between two steps."""

    session: Session
    settings: Settings
    at: datetime
    template: Template = field(init=False)
    runtime: Runtime = field(init=False)
    ids: list[UUID] = field(default_factory=lambda: [new_id() for _ in range(PEOPLE)])
    canonical: dict[UUID, UUID] = field(default_factory=dict)
    withdrawn_at: dict[UUID, datetime | None] = field(default_factory=dict)
    arrived: list[tuple[Outgoing, datetime]] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    between: list[Callable[["World"], None]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    in_doubt: set[UUID] = field(default_factory=set)
    depth: int = 0
    name: Any = "sink"

    def __post_init__(self) -> None:
        self.canonical = {one: one for one in self.ids}
        self.withdrawn_at = dict.fromkeys(self.ids)
        self.runtime = Runtime("engagement", self.settings, Once(self.session), lambda: self.at)
        self.template = templates.by_code(self.session, ["birthday"])["birthday"]

    # What profile would answer.

    def people(self, settings: Settings, ids: Any, topic: str, **_: Any) -> dict[UUID, Person]:
        return {one: self.person(one) for one in ids}

    def person(self, one: UUID) -> Person:
        root = self.canonical[one]
        state = "granted" if self.withdrawn_at[root] is None else "withdrawn"
        agreed = Agreement(purpose="marketing", channel="email", state=state, effective_at=self.at)
        mail = Contact(contact_id=derived_id("contact", str(root)), channel="email", value=f"{root}@example.com")
        return Person(
            customer_id=one, canonical_id=root, status="active", locale="zh-CN", time_zone="Asia/Shanghai",
            contacts=[mail], consents=[agreed],
        )  # fmt: skip

    # What the provider does; the world is the adapter.

    def send(self, outgoing: Outgoing) -> Outcome:
        self.step()
        answer = self.answers.pop(0) if self.answers else "takes"
        if answer in TAKING:
            self.take(outgoing)
        self.step()
        if answer in ("takes and dies", "dies"):
            self.in_doubt.add(outgoing.message_id)
            raise Killed
        if answer in ("takes, silent", "silent"):
            self.in_doubt.add(outgoing.message_id)
            return Outcome("unknown", "timeout")
        said: Any = {"later": "later", "refuses": "refused"}.get(answer, "accepted")
        return Outcome(said, answer if said != "accepted" else None)

    def close(self) -> None:
        pass

    def take(self, outgoing: Outgoing) -> None:
        """A message arrives: everything that must hold of it is looked at here."""
        message = self.session.get_one(Message, outgoing.message_id)
        root = self.canonical[message.customer_id]
        withdrawn = self.withdrawn_at[root]
        if outgoing.message_id in {one.message_id for one, _ in self.arrived}:
            self.faults.append("a message arrived twice")
        if message.campaign_id and any(self._same(one, message, root) for one, _ in self.arrived):
            self.faults.append("a person got a campaign twice")
        if withdrawn is not None and self.at - withdrawn > BOUND:
            self.faults.append("a message arrived without consent")
        if self.at >= message.expires_at:
            self.faults.append("a message arrived after it expired")
        self.arrived.append((outgoing, self.at))

    def _same(self, outgoing: Outgoing, message: Message, root: UUID) -> bool:
        other = self.session.get_one(Message, outgoing.message_id)
        merged_before = self.canonical[other.customer_id] == root and other.customer_id != message.customer_id
        return other.campaign_id == message.campaign_id and (merged_before or other.customer_id == message.customer_id)

    # What may happen at any time.

    def step(self) -> None:
        """Something that was to happen between two steps happens now; the clock moves a little in any case."""
        self.at += timedelta(milliseconds=200)
        if self.between and self.depth < 3:
            self.depth += 1
            try:
                self.between.pop(0)(self)
            finally:
                self.depth -= 1

    def work(self) -> None:
        """One worker takes its turn, and perhaps dies in it."""
        try:
            deliveries.send_due(self.runtime)
        except Killed:
            self.session.expire_all()

    def ask(self, who: int, minutes: int, *, campaign: bool) -> None:
        """Somebody asks for a message, or a campaign is released to a person; asking again is the same message."""
        customer_id = self.ids[who]
        key = f"campaign:{CAMPAIGN}:{customer_id}" if campaign else f"wish:{customer_id}:{minutes}"
        draft = Draft(
            customer_id=customer_id, person=None, template=self.template, purpose="marketing", topic="care",
            channels=["email"], expires_at=self.at + timedelta(minutes=minutes), dedupe_key=key,
            campaign_id=CAMPAIGN if campaign else None,
        )  # fmt: skip
        with self.runtime.database.transaction() as session:
            sending.accept(session, self.settings, [draft], self.at)

    def withdraw(self, who: int, *, told: bool) -> None:
        """A person withdraws; the event arrives at once, or later than everything that is asked for."""
        root = self.canonical[self.ids[who]]
        self.withdrawn_at[root] = self.withdrawn_at[root] or self.at
        if told:
            event = ConsentRecorded(
                customer_id=root, version=2, occurred_at=self.at, recorded_at=self.at, purpose="marketing",
                channel="email", state="withdrawn", source="checkout", effective_at=self.at,
            )  # fmt: skip
            with self.runtime.database.transaction() as session:
                messages.heed_withdrawals(session, [event], self.at)

    def agree(self, who: int) -> None:
        self.withdrawn_at[self.canonical[self.ids[who]]] = None

    def merge(self, who: int, into: int) -> None:
        """Two ids turn out to be one person: who withdrew under one of them has withdrawn."""
        root, old = self.canonical[self.ids[into]], self.canonical[self.ids[who]]
        if root == old:
            return
        moved = [one for one in self.ids if self.canonical[one] == old]
        self.canonical |= dict.fromkeys(moved, root)
        times = [one for one in (self.withdrawn_at[root], self.withdrawn_at[old]) if one]
        self.withdrawn_at[root] = max(times, default=None)
        members = [one for one in self.ids if self.canonical[one] == root]
        events = [
            CustomerLinked(
                customer_id=one, version=PEOPLE - len(set(self.canonical.values())), occurred_at=self.at,
                recorded_at=self.at, canonical_id=root, member_ids=members, merge_id=new_id(), cause="staff",
            )
            for one in moved
        ]  # fmt: skip
        with self.runtime.database.transaction() as session:
            customers.link(session, events, self.at)

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def drain(self) -> None:
        """Nothing happens any more, and everybody works until nothing is left to do."""
        self.between, self.answers = [], []
        for _ in range(12):
            self.wait(11 * 60)
            self.work()
            self.work()

    def all(self) -> list[Message]:
        self.session.expire_all()
        return list(self.session.scalars(select(Message)))
