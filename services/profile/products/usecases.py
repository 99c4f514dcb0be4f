"""Taking in what shops and the merchant say about products: one way for all doors."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from weakref import WeakKeyDictionary, WeakSet
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.profile.base import deployment
from services.profile.categories import usecases as categories
from services.profile.exchange_rates import usecases as exchange_rates
from services.profile.instants import rules as instants
from services.profile.products import repository, rules
from services.profile.products.rules import Standing, Told
from services.profile.products.schemas import Known, NewProduct, ProductPatch
from services.profile.sources import usecases as sources
from shared.clock import clamped
from shared.contracts.base import Origin
from shared.errors import Conflict, FieldError, GuanxiError, Invalid, NotFound
from shared.messaging import outbox
from shared.money import is_currency
from shared.runtime import Runtime
from shared.web.dependencies import require_version
from shared.web.patches import merged
from shared.web.validation import checked

TICK = timedelta(microseconds=1)
BLINK = timedelta(seconds=1)
# By database: from when on to look again whether there are products. Orders of a shop without any ask once a second.
LOOK_AGAIN: WeakKeyDictionary[Any, datetime] = WeakKeyDictionary()
STOCKED: WeakSet[Any] = WeakSet()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report: created, updated, unchanged or refused."""

    status: str
    sku: str
    problem: GuanxiError | None = None


def report(
    session: Session,
    products: Sequence[NewProduct],
    *,
    source: str | None = None,
    origin: Origin = Origin.LIVE,
    now: datetime,
) -> list[Outcome]:
    """Take in products, each accepted or refused by itself; the outcomes in the same order.

    `source` is whose they are where a body does not say. Late, repeated and shuffled reports end in the same state.
    """
    judged = admit(session, products, source=source, now=now)
    admitted = {at: one for at, one in enumerate(judged) if isinstance(one, Told)}
    outcomes = dict(zip(admitted, record(session, list(admitted.values()), origin=origin, now=now), strict=True))
    refused = {
        at: Outcome("refused", products[at].sku, one) for at, one in enumerate(judged) if isinstance(one, GuanxiError)
    }
    return [(outcomes | refused)[at] for at in range(len(products))]


def admit(
    session: Session, products: Sequence[NewProduct], *, source: str | None = None, now: datetime
) -> list[Told | GuanxiError]:
    """Judge products: what each tells, or why it is refused. Amounts need a rate of the day."""
    rates = _rates(session, {one.currency for one in products}, now)
    return [_admitted(one, source, rates.get(one.currency), now) for one in products]


def record(session: Session, told: Sequence[Told], *, origin: Origin = Origin.LIVE, now: datetime) -> list[Outcome]:
    """Store what was told of products and publish those that changed: a few statements, however many there are."""
    best: dict[str, Told] = {}
    for one in told:
        if one.sku not in best or one.rank > best[one.sku].rank:
            best[one.sku] = one
    sources.meet(session, {one.source for one in told if one.source is not None}, now)
    categories.meet(session, {one.document.category for one in told if one.document is not None}, now)
    before, after = _written(session, best, now)
    LOOK_AGAIN[session.get_bind()] = now
    moved = [sku for sku, one in after.items() if sku not in before or one.version > before[sku].version]
    _publish(session, [after[sku] for sku in moved], origin, now)
    changed = {sku: "updated" if sku in before else "created" for sku in moved}
    return [
        Outcome(changed.pop(one.sku, "unchanged") if one is best[one.sku] else "unchanged", one.sku) for one in told
    ]


def archive(
    session: Session,
    skus: Collection[str],
    *,
    at: datetime | None = None,
    origin: Origin = Origin.LIVE,
    now: datetime,
) -> list[Outcome]:
    """Take products out of the catalogue, as was true `at` an instant; unknown ones and newer reports stay as they are.

    They stay readable, and are published as for sale nowhere.
    """
    gone = [Told(sku, clamped(at or now, now), None) for sku in dict.fromkeys(skus)]
    return record(session, gone, origin=origin, now=now)


def create(session: Session, body: NewProduct, now: datetime) -> None:
    """Add a product. Raises Conflict `already_exists` for one in the catalogue, Invalid for what is refused."""
    present = repository.lock(session, [body.sku]).get(body.sku)
    if present is not None and present.archived_at is None:
        raise Conflict(
            "The product is in the catalogue already; change it, or report it in a batch.", code="already_exists"
        )
    (outcome,) = report(session, [_later(body, present, now)], now=now)
    if outcome.problem is not None:
        raise outcome.problem


def edit(session: Session, sku: str, patch: ProductPatch, if_match: int, now: datetime) -> None:
    """Change a product by a JSON Merge Patch, later than all that was told before; one that was archived comes back.

    Raises NotFound, PreconditionFailed, Invalid.
    """
    present = _present(session, sku)
    require_version(present.version, if_match)
    told = merged(present.document.model_dump(mode="json"), patch.model_dump(mode="json", exclude_unset=True))
    body = checked(NewProduct, told | {"sku": sku, "source": present.source})
    (outcome,) = report(session, [_later(body, present, now)], now=now)
    if outcome.problem is not None:
        raise outcome.problem


def remove(session: Session, sku: str, now: datetime) -> None:
    """Archive one product, whatever was told of it before; raises NotFound."""
    present = _present(session, sku)
    archive(session, [sku], at=max(now, present.told_at + TICK), now=now)


def known(
    session: Session, wanted: Collection[tuple[str, datetime]], now: datetime
) -> Mapping[tuple[str, datetime], Known]:
    """Category, brand and cost of articles ordered at an instant; those the catalogue does not know are left out."""
    return repository.known(session, wanted) if wanted and _is_stocked(session, now) else {}


def change_prices(runtime: Runtime) -> int:
    """Publish products whose price is another by time alone; how many were looked at."""
    now, base = runtime.now(), deployment().base_currency
    with runtime.database.transaction() as session:
        due = repository.lock_due(session, now)
        rates = _rates(session, {one.document.currency for one, _ in due}, now)
        fresh = [rules.repriced(one, rates[one.document.currency], base, since, now) for one, since in due]
        repository.update(session, [repository.row_of(one, now) for one in fresh])
        _publish(session, [new for new, (old, _) in zip(fresh, due, strict=True) if new is not old], Origin.LIVE, now)
    return len(due)


def _admitted(one: NewProduct, source: str | None, rate: Decimal | None, now: datetime) -> Told | GuanxiError:
    if one.updated_at is not None and (fault := instants.out_of_time("updated_at", one.updated_at, now)):
        return Invalid("Not valid: updated_at.", errors=[fault])
    if rate is None or not is_currency(one.currency):
        error = FieldError("currency", "not_allowed", "no such currency, or no exchange rate for the day")
        return Invalid(f"{one.currency} has no rate.", code="currency_unsupported", errors=[error])
    if fault := rules.too_large(one, rate):
        return Invalid("An amount is too large.", errors=[fault])
    return rules.told_of(one, source, rate, clamped(one.updated_at or now, now))


def _rates(session: Session, currencies: Collection[str], now: datetime) -> dict[str, Decimal]:
    day = now.astimezone(ZoneInfo(deployment().business_time_zone)).date()
    found = exchange_rates.rates_of(session, {(currency, day) for currency in currencies})
    return {currency: rate for (currency, _), rate in found.items()}


def _written(
    session: Session, told: Mapping[str, Told], now: datetime
) -> tuple[dict[str, Standing], dict[str, Standing]]:
    """Write what moved; the products as they were and as they are."""
    base = deployment().base_currency
    before = repository.lock(session, told)
    fresh = _advanced({}, {sku: one for sku, one in told.items() if sku not in before}, base, now)
    stored = repository.insert(session, [repository.row_of(one, now) for one in fresh.values()])
    before |= repository.lock(session, fresh.keys() - stored) if fresh.keys() - stored else {}
    after = _advanced(before, {sku: told[sku] for sku in before}, base, now)
    moved = [one for sku, one in after.items() if one is not before[sku]]
    repository.update(session, [repository.row_of(one, now) for one in moved])
    return before, after | {sku: one for sku, one in fresh.items() if sku in stored}


def _advanced(
    before: Mapping[str, Standing], told: Mapping[str, Told], base: str, now: datetime
) -> dict[str, Standing]:
    after = {sku: rules.advanced(before.get(sku), one, base, now) for sku, one in told.items()}
    return {sku: one for sku, one in after.items() if one is not None}


def _is_stocked(session: Session, now: datetime) -> bool:
    bind = session.get_bind()
    if now < LOOK_AGAIN.get(bind, now):
        return False
    if bind not in STOCKED and repository.is_empty(session):
        LOOK_AGAIN[bind] = now + BLINK
        return False
    STOCKED.add(bind)
    return True


def _publish(session: Session, products: Sequence[Standing], origin: Origin, now: datetime) -> None:
    repository.keep(session, [repository.row_of(one, now) for one in products])
    outbox.add(session, [rules.recorded(one, origin, now) for one in products])


def _present(session: Session, sku: str) -> Standing:
    present = repository.lock(session, [sku]).get(sku)
    if present is None:
        raise NotFound("There is no such product.")
    return present


def _later(body: NewProduct, present: Standing | None, now: datetime) -> NewProduct:
    """The body as said now, after all that was told before."""
    changed: dict[str, Any] = {"updated_at": now if present is None else max(now, present.told_at + TICK)}
    return body.model_copy(update=changed)
