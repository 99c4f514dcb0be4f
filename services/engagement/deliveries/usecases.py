"""Sending what is due.

A batch is claimed; its people are asked for at profile; then, a few at a time, messages are decided again and marked
`sending` in one transaction, handed to the provider, and settled in another. A crash in between leaves those few as
`unknown`: nobody can say whether the provider has them, so they are not sent again by themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.campaigns import usecases as campaigns
from services.engagement.campaigns.tables import Campaign
from services.engagement.channels import usecases as channels
from services.engagement.channels.rules import CARDS, Pace
from services.engagement.channels.schemas import BY_HAND, Adapter, Outcome, Outgoing
from services.engagement.composing import usecases as composing
from services.engagement.credits import usecases as credits
from services.engagement.decisions import usecases as decisions
from services.engagement.decisions.schemas import Decision
from services.engagement.deliveries import repository, rules
from services.engagement.deliveries.repository import Waiting
from services.engagement.deliveries.schemas import People, Round, Table
from services.engagement.language.schemas import TemplateFailed
from services.engagement.messages import usecases as messages
from services.engagement.messages.tables import Message
from services.engagement.policies import usecases as policies
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Person
from services.engagement.recommendations import usecases as recommendations
from services.engagement.recommendations.schemas import Offered
from services.engagement.rendering.usecases import PRODUCTS
from services.engagement.suppressions import usecases as suppressions
from services.engagement.tasks import usecases as tasks
from services.engagement.tasks.schemas import Opening
from shared import due, linking
from shared.errors import GuanxiError
from shared.runtime import Runtime
from shared.telemetry import log

BATCH = 200
AT_ONCE = 20
PAUSE = timedelta(seconds=10)
HANDS = 4  # after a full batch: a provider is waited for longer than anything else


def send_due(runtime: Runtime) -> int:
    """Send what is due, at most a batch; how many messages were looked at."""
    with runtime.database.transaction() as session:
        claimed, stamp = due.claim(session, Message.due_at, runtime.now(), limit=BATCH)
    if not claimed:
        return 0
    with runtime.database.reading() as session:
        waiting = repository.claimed(session, claimed)
        adapters = channels.opened(channels.all_of(session), runtime.settings)
    batch, left, at_once = Round(runtime, stamp, {}, {}, runtime.now() - 2 * rules.FRESH, adapters), waiting, AT_ONCE
    try:
        while left:
            batch = _asked(batch, left)
            in_time = _send(batch, left[:at_once])
            left, at_once = left[at_once:], AT_ONCE if in_time else max(1, at_once // 4)
    except GuanxiError as error:
        log.warning("sending waits for profile", code=error.code, messages=len(claimed))
        with runtime.database.transaction() as session:
            due.settle(session, Message.due_at, stamp, dict.fromkeys(claimed, runtime.now() + PAUSE))
        return 0
    finally:
        for adapter in adapters.values():
            adapter.close()
    return len(claimed)


def _asked(batch: Round, left: Sequence[Waiting]) -> Round:
    """The batch with its people as they are: what a slow provider made old is asked for again; offers are not."""
    now = batch.runtime.now()
    if now - batch.asked_at <= rules.FRESH:
        return batch
    people = _people(batch.runtime, left)
    offered = batch.offered if batch.people else _offered(batch.runtime, people, left)
    return replace(batch, people=people, offered=offered, asked_at=now)


def begin(session: Session, batch: Round, waiting: Sequence[Waiting]) -> list[Outgoing]:
    """Decide claimed messages again; mark as `sending` and write those that go out now, hand over those for people."""
    runtime, now = batch.runtime, batch.runtime.now()
    running = campaigns.locked(session, {row.campaign_id for row in waiting if row.campaign_id})
    paces = channels.paces(session, runtime.settings, now)
    linking.lock(session, [row.customer_id for row in waiting])
    found = repository.still_claimed(session, [row.message_id for row in waiting], batch.stamp)
    for message in found:
        if message.status == "sending":
            _change(message, rules.given_up(message), now)
    left = _admitted(session, running, [message for message in found if message.status != "unknown"], now)
    told = repository.told_already(session, left)
    said = decisions.decide(session, runtime.settings, [rules.subject(one, batch.people, told, now) for one in left])
    desk = composing.desk(session, runtime.settings, left, batch.offered, now)
    recommending = {row.message_id for row in waiting if PRODUCTS in (row.blocks or ())}
    table = Table(batch, desk, policies.current(session).fallback_hours, paces, _queues(session, paces), recommending)
    written = [_apply(table, message, decision) for message, decision in zip(left, said, strict=True)]
    tasks.open_all(session, [one for one in written if isinstance(one, Opening)], now)
    credits.spend(session, [key for one in left if one.status == "sending" and (key := messages.credit_used(one))])
    channels.keep_paces(session, paces)
    session.flush()
    messages.publish(session, [message for message in left if message.status == "failed"], now)
    return [one for one in written if isinstance(one, Outgoing)]


def finish(session: Session, outcomes: Mapping[UUID, Outcome], now: datetime) -> None:
    """Store what providers made of messages and tell it; an address that does not exist is suppressed.

    A permission that was not used is given back, unless the provider says that there is none.
    """
    hours = policies.current(session).fallback_hours
    asked = repository.asked(session, list(outcomes))
    for message in asked:
        _change(message, rules.settled(message, outcomes[message.message_id], hours, now), now)
    session.flush()
    spent = [(key, outcomes[m.message_id]) for m in asked if (key := messages.credit_used(m))]
    credits.give(session, [key for key, said in spent if said.result in ("refused", "later") and not said.no_credit])
    credits.end(session, [key for key, said in spent if said.no_credit])
    bad = [(m.channel, m.address_hash, "invalid") for m in asked if outcomes[m.message_id].bad_address]
    suppressions.suppress(session, [(c, h, reason) for c, h, reason in bad if c and h], now)
    messages.publish(session, [message for message in asked if message.status in ("sent", "failed")], now)


def take_back(session: Session, message_ids: Sequence[UUID], now: datetime) -> None:
    """Undo the mark of messages that nobody handed over in time."""
    marked = repository.asked(session, message_ids)
    credits.give(session, [key for one in marked if (key := messages.credit_used(one))])
    for message in marked:
        _change(message, rules.taken_back(message, now), now)
    session.flush()


def _send(batch: Round, waiting: Sequence[Waiting]) -> bool:
    """Decide, hand over and settle a few messages; whether the providers were fast enough for all of them."""
    database, outcomes, stale = batch.runtime.database, {}, []
    with database.transaction() as session:
        outgoing = begin(session, batch, waiting)
    for one in outgoing:
        if rules.is_stale(one, batch.runtime.now()):
            stale.append(one.message_id)
        else:
            outcomes[one.message_id] = _hand_over(batch.adapters[one.channel], one)
    if outgoing:
        with database.transaction() as session:
            take_back(session, stale, batch.runtime.now())
            finish(session, outcomes, batch.runtime.now())
    return not stale


def _hand_over(adapter: Adapter, outgoing: Outgoing) -> Outcome:
    """Ask the provider. A fault of ours in it must not stop the others, and leaves it open what was sent."""
    try:
        return adapter.send(outgoing)
    except Exception as error:
        log.error("a provider's adapter failed", provider=adapter.name, error=type(error).__name__)
        return Outcome("unknown", type(error).__name__)


def _admitted(
    session: Session, running: Mapping[UUID, Campaign], found: Sequence[Message], now: datetime
) -> list[Message]:
    """Messages that may go out as far as their campaign is asked: it runs, and its minute is not full."""
    paced = {one: campaign for one, campaign in running.items() if campaign.throttle_per_minute}
    used = repository.counted_since(session, paced, now - rules.MINUTE) if paced else {}
    space = {one: (campaign.throttle_per_minute or 0) - used.get(one, 0) for one, campaign in paced.items()}
    waiting = repository.waiting_of(session, paced) if any(left < len(found) for left in space.values()) else {}
    admitted = []
    for message in found:
        campaign = running.get(message.campaign_id) if message.campaign_id else None
        changes = rules.stayed(campaign) if campaign else None
        if campaign and changes is None and campaign.throttle_per_minute:
            space[campaign.campaign_id] -= 1
            if space[campaign.campaign_id] < 0:
                per_minute, left = campaign.throttle_per_minute, waiting.get(campaign.campaign_id, 0)
                changes = rules.postponed(message, left, per_minute, now)
        if changes:
            _change(message, changes, now)
        else:
            admitted.append(message)
    return admitted


def _queues(session: Session, paces: Mapping[str, Pace]) -> Mapping[str, int]:
    return repository.waiting_on(session, paces) if paces else {}


def _apply(table: Table, message: Message, decision: Decision) -> Outgoing | Opening | None:
    batch, desk, now, route = table.batch, table.desk, table.desk.at, decision.route
    _change(message, rules.decided(message, decision, rules.start(message, now)), now)
    if message.status != "queued" or route is None or rules.start(message, now) > now:
        return None
    if route.channel not in BY_HAND and route.channel not in batch.adapters:
        return None  # set up since the batch began: the next one opens it
    pace = table.paces.get(route.channel)
    if pace and not pace.admits(now):
        _change(message, rules.postponed(message, table.queues.get(route.channel, 0), pace.per_minute, now), now)
        return None
    try:
        written = (
            composing.errand(desk, message, route)
            if route.channel in BY_HAND
            else composing.write(desk, message, route)
        )
    except TemplateFailed:
        _change(message, rules.unwritten(message, route.channel, table.hours, now), now)
        return None
    if isinstance(written, Opening):
        _change(message, rules.handed_over(message, route.channel, now), now)
    else:
        provider = batch.adapters[written.channel].name
        credit = written.provider_template if CARDS[provider].capabilities.credits else None
        offered = desk.offered.get(route.person.canonical_id, ()) if message.message_id in table.recommending else ()
        skus = [one.sku for one in offered]
        _change(message, rules.begun(message, written, provider, credit=credit, skus=skus, now=now), now)
    if route.contact is not None:
        message.contact_id = route.contact.contact_id
        message.address_hash = suppressions.hash_of(route.channel, route.contact.value)
    return written


def _people(runtime: Runtime, waiting: Sequence[Waiting]) -> People:
    found: dict[tuple[str, UUID], Person] = {}
    for topic in sorted({row.topic for row in waiting}):
        ids = [row.customer_id for row in waiting if row.topic == topic]
        people = reach.fetch(runtime.settings, ids, topic)
        found |= {(topic, customer_id): person for customer_id, person in people.items()}
    return found


def _offered(runtime: Runtime, people: People, waiting: Sequence[Waiting]) -> Mapping[UUID, Sequence[Offered]]:
    """What scoring would offer whoever gets a text that speaks of it."""
    wanted = [people.get((row.topic, row.customer_id)) for row in waiting if PRODUCTS in (row.blocks or ())]
    named = {person.canonical_id for person in wanted if person}
    return recommendations.fetch(runtime.settings, named) if named else {}


def _change(message: Message, changes: Mapping[str, Any], now: datetime) -> None:
    for name, value in changes.items():
        setattr(message, name, value)
    message.version += 1
    message.changed_at = now
