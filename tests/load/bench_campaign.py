"""A campaign by mail against a plain loop that builds and sends the same mails; and what a second worker adds."""

import smtplib
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import psycopg

from services.engagement.broadcasts import usecases as broadcasts
from services.engagement.campaigns import usecases as campaigns
from services.engagement.campaigns.schemas import NewCampaign
from services.engagement.channels.adapters.mail import compose
from services.engagement.channels.adapters.smtp import _bytes
from services.engagement.channels.schemas import Outgoing
from services.engagement.channels.tables import Channel
from services.engagement.composing import usecases as composing
from services.engagement.deliveries import usecases as deliveries
from services.engagement.reach import usecases as reach
from services.engagement.sending import usecases as sending
from services.engagement.sending.schemas import Draft
from services.engagement.templates import usecases as templates
from services.engagement.templates.schemas import NewTemplate
from shared import crypto
from shared.db import Database
from shared.runtime import Runtime
from shared.settings import Settings
from shared.testing.secrets import write_key_files
from tests.load.receivers import CONTEXT, mail_server, profile, served, slow_provider
from tests.load.rows import Row, compared
from tests.stack import Stack

CUSTOMERS = 100_000
LOOP = 4_000  # mails of the plain loop; its pace does not depend on how many there are
SLOW = 1_000
CONNECTIONS = (1, 4, 16)
SEGMENT = UUID(int=1)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MORNING = datetime(2026, 11, 25, 2, tzinfo=UTC)  # ten o'clock where the customers are
PEOPLE = """
INSERT INTO customer_ref (customer_id, canonical_id, version)
SELECT id, id, 0 FROM (SELECT lpad(to_hex(n), 32, '0')::uuid AS id FROM generate_series(1, %s) AS n) AS people
ON CONFLICT DO NOTHING
"""
MEMBERS = """
INSERT INTO segments_of (customer_id, version, members)
SELECT lpad(to_hex(n), 32, '0')::uuid, 1, %s::jsonb FROM generate_series(1, %s) AS n
ON CONFLICT (customer_id) DO UPDATE SET members = excluded.members
"""


@dataclass(frozen=True)
class Place:
    """A database of engagement, and who stands at the other ends."""

    url: str
    settings: Settings
    began: float

    def runtime(self) -> Runtime:
        """A process of engagement whose clock began in the customers' morning."""
        crypto.configure(self.settings)
        return Runtime("engagement", self.settings, Database(self.url, pool_size=4), self.now)

    def now(self) -> datetime:
        """The same in every process."""
        return MORNING + timedelta(seconds=time.monotonic() - self.began)


def campaign(stack: Stack, seconds: float) -> Iterator[Row]:
    """Both measurements in the deployment's database, while its own worker rests."""
    resting = [psutil.Process(pid) for pid in stack.pids("services.engagement", "worker")]
    for process in resting:
        process.suspend()
    try:
        yield from measured(stack.databases["engagement"], CUSTOMERS, SLOW)
    finally:
        for process in resting:
            process.resume()


def measured(url: str, customers: int, slow: int) -> Iterator[Row]:
    """A campaign to so many customers; and so many messages over a slow provider by one worker and by two."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(profile) as (people, _),
        served(mail_server) as (mails, taken),
        served(slow_provider) as (provider, counted),
    ):
        settings = Settings(
            env="test",
            **write_key_files(Path(folder)),
            profile_url=f"http://127.0.0.1:{people}",
            smtp_url=f"smtp://127.0.0.1:{mails}?tls=none",
            egress_allowed_networks=(ip_network("127.0.0.0/8"),),
        )
        place = Place(url, settings, time.monotonic())
        reach.fetch(settings, [SEGMENT], "care", deadline=60)  # everybody is there before the clock starts
        smtplib.SMTP("127.0.0.1", mails).quit()
        _fill(url, customers)
        yield _campaign(place, customers, mails, taken)
        yield _workers(place, slow, f"http://127.0.0.1:{provider}", counted)


def _fill(url: str, customers: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(PEOPLE, (customers,))
        connection.execute(MEMBERS, (f'["{SEGMENT}"]', customers))
        connection.execute("VACUUM ANALYZE customer_ref, segments_of, message")


def _campaign(place: Place, customers: int, port: int, taken: Any) -> Row:
    runtime, window = place.runtime(), {"from": MORNING - timedelta(hours=1), "to": MORNING + timedelta(days=1)}
    body: dict[str, Any] = {
        "name": "Bench",
        "purpose": "marketing",
        "topic": "care",
        "channels": ["email"],
        "window": window,
    }
    body |= {"audience": {"include": [str(SEGMENT)]}, "holdout": 0, "attribution": {"days": 7, "categories": []}}
    body |= {"variants": [{"code": "a", "weight": 1, "template": "birthday"}]}
    with runtime.database.transaction() as session:
        made = campaigns.create(session, NewCampaign.model_validate(body), runtime.now())
        campaigns.start(session, made.campaign_id, runtime.now())
    sample: list[Outgoing] = []
    write = composing.write
    composing.write = lambda *given: _kept(sample, write(*given))
    started, before = time.perf_counter(), taken[0]
    while taken[0] - before < customers:
        broadcasts.advance_due(runtime)
        while deliveries.send_due(runtime):
            broadcasts.advance_due(runtime)
    spent = time.perf_counter() - started
    composing.write = write
    runtime.database.close()
    ours, theirs = customers / spent, max(_loop(sample[0], port, many) for many in CONNECTIONS)
    return compared(f"campaign to {customers:,} customers, decisions and sends", ours, theirs, "mails/s", "≥ 0.3")


def _kept(sample: list[Outgoing], written: Outgoing) -> Outgoing:
    if not sample:
        sample.append(written)
    return written


def _loop(mail: Outgoing, port: int, connections: int) -> float:
    """Mails a second of a loop that builds and sends the same mail."""
    share = LOOP // connections

    def send(_: int) -> None:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.ehlo()
            for _ in range(share):
                compose(mail)
                smtp.mail(mail.sender_address)
                smtp.rcpt(mail.to)
                smtp.data(_bytes(mail))

    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as pool:
        list(pool.map(send, range(connections)))
    return share * connections / (time.perf_counter() - started)


def _workers(place: Place, count: int, url: str, counted: Any) -> Row:
    runtime = place.runtime()
    with runtime.database.transaction() as session:
        channel = session.get_one(Channel, "sms")
        channel.enabled, channel.provider = True, "webhook"
        channel.credentials = {"webhook": {"url": url, "secret": SECRET}}
        texts = {"sms": {"zh": {"text": "{{ customer.name }}，你好"}}}
        draft = {"code": f"bench-{time.monotonic_ns()}", "purpose": "service", "topic": "service", "channels": texts}
        template = templates.create(session, NewTemplate.model_validate(draft), runtime.now())
        templates.publish(session, template.template_id, runtime.now())
    paces = []
    for workers in (1, 2):
        _ask(runtime, template, count)
        before, started = counted[0], time.perf_counter()
        running = [CONTEXT.Process(target=work, args=(place,)) for _ in range(workers)]
        for process in running:
            process.start()
        for process in running:
            process.join()
        assert counted[0] - before == count, f"{counted[0] - before} of {count} arrived"
        paces.append(count / (time.perf_counter() - started))
    runtime.database.close()
    assert counted[1] == 0, f"{counted[1]} arrived twice"
    return compared(f"two workers, {count:,} messages, a provider of 50 ms", paces[1], paces[0], "messages/s", "≥ 1.5x")


def _ask(runtime: Runtime, template: Any, count: int) -> None:
    ask = partial(Draft, person=None, template=template, purpose="service", topic="service", channels=["sms"])
    drafts: Sequence[Draft] = [ask(customer_id=UUID(int=1 + number)) for number in range(count)]
    with runtime.database.transaction() as session:
        sending.accept(session, runtime.settings, drafts, runtime.now())


def work(place: Place) -> None:
    """One worker: sends until nothing is due."""
    runtime = place.runtime()
    while deliveries.send_due(runtime):
        pass
    runtime.database.close()
