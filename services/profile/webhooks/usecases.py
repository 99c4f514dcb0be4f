"""Taking in deliveries: signed or refused, each once, late ones losing against newer ones."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.deliveries import usecases as deliveries
from services.profile.deliveries.schemas import DUPLICATE, HANDLED, IGNORED, REFUSED, DeliveryOut, Told
from services.profile.disclosures import usecases as disclosures
from services.profile.identities import usecases as identities
from services.profile.identities.schemas import LookupIdentity
from services.profile.ingestion import usecases as ingestion
from services.profile.ingestion.rejections import usecases as rejections
from services.profile.ingestion.rejections.usecases import Refused
from services.profile.ingestion.rules import Item, Kind
from services.profile.notes import usecases as notes
from services.profile.notes.schemas import Written
from services.profile.privacy import usecases as privacy
from services.profile.sources import usecases as sources
from services.profile.sources.schemas import SHOPIFY, WECHAT_SHOP, WOOCOMMERCE, YOUZAN
from services.profile.sources.tables import Source
from services.profile.webhooks.adapters import shopify, wechat_shop, woocommerce, youzan
from services.profile.webhooks.rules import account_hash, accounts_of, without
from services.profile.webhooks.schemas import Adapter, Delivery, Envelope, PrivacyRequest, Reading, Shop
from shared.contracts.base import Origin
from shared.errors import Gone, GuanxiError, NotFound, Unauthenticated

ADAPTERS: Mapping[str, Adapter] = {
    SHOPIFY: shopify.ADAPTER,
    WOOCOMMERCE: woocommerce.ADAPTER,
    WECHAT_SHOP: wechat_shop.ADAPTER,
    YOUZAN: youzan.ADAPTER,
}
DOOR = "webhook"
Became = tuple[str, list[Told]]


def receive(session: Session, delivery: Delivery, now: datetime) -> DeliveryOut:
    """Take in one delivery; what it tells that cannot be taken becomes rejections, never an error of the sender's.

    Raises NotFound for another platform's source, Unauthenticated `signature_invalid`, Malformed and TooLarge where
    not even the head of a message can be read.
    """
    adapter, source = ADAPTERS[delivery.platform], verified(session, delivery, now)
    about = adapter.envelope(delivery)
    reading = _reading(adapter, delivery, about, source)
    closed = account_hash(source.code, reading.closed) if isinstance(reading, Reading) and reading.closed else None
    noted = deliveries.begin(session, source.source_id, about.key, about.topic, closed_hash=closed, now=now)
    if noted.outcome == DUPLICATE:
        return noted
    if isinstance(reading, Reading):
        outcome, told = _taken_in(session, reading, source, now)
    else:
        kind = adapter.kinds.get(about.topic, Kind.UNREADABLE)
        outcome, told = _rejected(session, kind, source, delivery.raw, problem=reading, now=now)
    return deliveries.end(session, noted, outcome, told)


def verified(session: Session, delivery: Delivery, now: datetime) -> Source:
    """The source that a delivery is from. Raises NotFound, Unauthenticated `signature_invalid`."""
    source = sources.get(session, delivery.source_id)
    if source.kind != delivery.platform:
        raise NotFound("There is no such source on this platform.")
    secrets = sources.good_secrets(session, source.source_id, now)
    if not any(ADAPTERS[delivery.platform].is_signed(delivery, secret) for secret in secrets):
        raise Unauthenticated("The signature is not that of a secret of this source.", code="signature_invalid")
    return source


def _reading(adapter: Adapter, delivery: Delivery, about: Envelope, source: Source) -> Reading | GuanxiError:
    """What a delivery says; of a source that is closed only what the law demands an answer to."""
    is_open = sources.is_active(source)
    try:
        reading = adapter.read(delivery, about, Shop(source.code, source.currency))
    except GuanxiError as error:
        return error if is_open else Reading()
    return reading if is_open else Reading(disclosure=reading.disclosure, erasure=reading.erasure)


def _taken_in(session: Session, reading: Reading, source: Source, now: datetime) -> Became:
    if reading.closed is not None:
        identities.close(session, source.code, reading.closed, now)
        return HANDLED, []
    if reading.uninstalled:
        sources.disable(session, source.source_id, now)
        return HANDLED, []
    if reading.disclosure is not None:
        return HANDLED, _disclosed(session, reading.disclosure, source, now)
    if reading.erasure is not None:
        return HANDLED, _erased(session, reading.erasure, source, now)
    outcome, told = _ingested(session, _of_open_accounts(session, reading.items), now)
    if reading.note and outcome != REFUSED and told and told[0].id:
        notes.record(session, [Written(UUID(told[0].id), reading.note, source.code)], now)
    return outcome, told


def _ingested(session: Session, items: Sequence[Item], now: datetime) -> Became:
    if not items:
        return IGNORED, []
    results = ingestion.ingest(session, items, door=DOOR, origin=Origin.LIVE, now=now)
    told = [
        Told(kind=item.kind, status=result.status, id=result.id) for item, result in zip(items, results, strict=True)
    ]
    refused = any(one.status == REFUSED for one in told)
    return REFUSED if refused else told[0].status, told


def _disclosed(session: Session, request: PrivacyRequest, source: Source, now: datetime) -> list[Told]:
    case = disclosures.begin(
        session,
        source.source_id,
        request.request_id,
        _recognised(session, request, source),
        order_ids=request.order_ids,
        now=now,
    )
    return [Told(kind="disclosure", status=HANDLED, id=str(case))]


def _erased(session: Session, request: PrivacyRequest, source: Source, now: datetime) -> list[Told]:
    """Begin to forget whoever is recognised; nobody known, and somebody forgotten already, is done."""
    customer_id = _recognised(session, request, source)
    if customer_id is not None:
        with suppress(NotFound, Gone):
            erasure_id = privacy.request(session, customer_id, DOOR, now)
            return [Told(kind="erasure", status=HANDLED, id=str(erasure_id))]
    return []


def _recognised(session: Session, request: PrivacyRequest, source: Source) -> UUID | None:
    """Whose the shop's account is; else whose address it is, unless that is another account's of the shop."""
    asked = [LookupIdentity.model_validate({**one, "source": source.code}) for one in request.who]
    owners = identities.owners(session, asked)
    account = next((owner for at, owner in owners.items() if asked[at].kind == "external"), None)
    known = identities.of(session, set(owners.values())) if account is None else []
    others = {one["customer_id"] for one in known if (one["kind"], one["scope"]) == ("external", source.code)}
    return account or next((owner for owner in owners.values() if owner not in others), None)


def _rejected(
    session: Session, kind: Kind, source: Source, raw: bytes, *, problem: GuanxiError, now: datetime
) -> Became:
    """Keep a body that its adapter cannot read, to be corrected in our own form."""
    refused = Refused(kind, source.code, raw.decode("utf-8", "replace"), problem)
    rejections.keep(session, [refused], door=DOOR, origin=Origin.LIVE, now=now)
    return REFUSED, []


def _of_open_accounts(session: Session, items: Sequence[Item]) -> list[Item]:
    """The items without accounts that the shop closed: what was sent before the closing may come after it."""
    hashes = {one for item in items for one in accounts_of(item.body)}
    gone = deliveries.closed(session, hashes)
    return [replace(item, body=body) for item in items if (body := without(gone, item.body)) is not None]
