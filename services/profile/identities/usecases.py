"""Finding out who somebody is."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.profile.attributes import usecases as attributes
from services.profile.base import deployment
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import SHOP, Change, Meeting
from services.profile.duplicates import usecases as duplicates
from services.profile.identities import repository, rules
from services.profile.identities.ledger import usecases as ledger
from services.profile.identities.rules import Keyed, Plan
from services.profile.identities.schemas import (
    SCORES,
    Claim,
    Identity,
    Known,
    LookupIdentity,
    NewCustomer,
    NewIdentity,
)
from services.profile.links import usecases as links
from services.profile.links.schemas import Decision, Edge
from services.profile.personal.rules import normalised
from shared import linking, ownership
from shared.auth.caller import Caller
from shared.contracts.base import Origin
from shared.crypto import blind_index
from shared.errors import Conflict, Gone, NotFound
from shared.ids import new_id


def resolve(session: Session, claims: Sequence[Claim], now: datetime) -> list[UUID | Gone]:
    """The origin id of each claim's customer or visitor; strangers are recorded, and visitors met again are linked.

    Gone in place of what tells of the past of somebody who was erased: nothing of it may be kept. Publishes new and
    changed customers and links. Raises ValueError on an identity that is none of its kind: check at the door with
    `IdentityBody`.
    """
    return [ledger.refusal() if owner is None else owner for owner in _resolved(session, claims, now).owners]


def record(session: Session, reports: Sequence[NewCustomer], now: datetime) -> list[tuple[UUID, str] | Gone]:
    """Create or update customers as shops know them: the id of each, and `created`, `updated` or `unchanged`.

    Gone in place of who was erased. Raises Invalid for attributes that are not declared or do not fit.
    """
    plan = _resolved(session, [one.claim(now) for one in reports], now)
    known = attributes.declared(session) if any(one.attributes for one in reports) else {}
    changes = [
        Change(
            customer_id,
            one.said() | attributes.fields(known, one.attributes or {}),
            SHOP,
            one.updated_at or now,
            actor=one.source,
        )
        for customer_id, one in zip(plan.owners, reports, strict=True)
        if customer_id is not None
    ]
    changed = customers.change(session, changes, now) | set(plan.met)
    return [
        ledger.refusal()
        if one is None
        else (one, "created" if one in plan.customers else "updated" if one in changed else "unchanged")
        for one in plan.owners
    ]


def barred(session: Session, claims: Sequence[Claim]) -> dict[int, Gone]:
    """Why nothing may be kept of some claims, by their place, that are not to be resolved."""
    return ledger.barred(session, claims)


def create(session: Session, reports: Sequence[NewCustomer], now: datetime) -> list[UUID]:
    """Create customers nobody knows yet; their ids.

    Raises Conflict `already_exists` when somebody has an identity, and Gone when they were erased.
    """
    created = []
    for outcome in record(session, reports, now):
        if isinstance(outcome, Gone):
            raise outcome
        customer_id, status = outcome
        if status != "created":
            raise Conflict(f"One of these identities is customer {customer_id}'s.", code="already_exists")
        created.append(customer_id)
    return created


def add(session: Session, customer_id: UUID, claim: Claim, caller: Caller, now: datetime) -> dict[str, Any]:
    """Give a customer the identity of a claim, or find that it is there; a visitor who has it is linked.

    The identity as it is stored. Raises NotFound, Gone when it tells of somebody erased, and Conflict
    `owner_conflict` when another customer has it, whom it names to callers who may see them.
    """
    customers.require(session, {customer_id})
    for refusal in ledger.barred(session, [claim]).values():
        raise refusal
    keyed = rules.keyed(claim, deployment().default_region)
    while True:
        known = _known(session, [keyed])
        owners = {known.owner[key] for key in keyed[1] if key in known.owner}
        _refuse_others(session, customer_id, {known.home[one] for one in owners if one in known.home}, caller)
        new = [NewIdentity(key, value, customer_id) for key, value in keyed[1].items() if key not in known.owner]
        if repository.claim(session, new, now):
            break
    visitors = [one for one in owners if one not in known.home]
    decisions = [Decision(new_id(), (Edge(one, customer_id),), "auto", claim.occurred_at) for one in visitors]
    links.connect(session, decisions, now)
    refresh_channels(session, customer_id, now)
    return repository.found(session, next(iter(keyed[1])))


def owners(session: Session, wanted: Sequence[LookupIdentity]) -> dict[int, UUID]:
    """The owner of each identity, by its place; those nobody has are left out. An external id is looked for in every
    source unless one is named.
    """
    region = deployment().default_region
    hashes = [blind_index(one.kind, normalised(one.kind, one.value, region)) for one in wanted]
    found = repository.owners(session, {(one.kind, hash_) for one, hash_ in zip(wanted, hashes, strict=True)})
    matched: dict[int, UUID] = {}
    for index, (one, hash_) in enumerate(zip(wanted, hashes, strict=True)):
        for scope, owner in found.get((one.kind, hash_), []):
            if one.source is None or one.kind != "external" or scope == one.source:
                matched.setdefault(index, owner)
    return matched


def remove(session: Session, customer_ids: Collection[UUID], identity_id: UUID, now: datetime) -> None:
    """Take an identity from one of these linked ids; somebody else may have it then. Raises NotFound."""
    owner = repository.remove(session, customer_ids, identity_id)
    if owner is None:
        raise NotFound(f"This customer has no identity {identity_id}.")
    refresh_channels(session, owner, now)


def close(session: Session, source: str, external_id: str, now: datetime) -> None:
    """Let go of an account that its shop has closed; whose it was, and what they did, stays. Repeating is harmless."""
    account = Claim(source, (Identity("external", external_id),), False, Origin.LIVE, now)
    _, keys = rules.keyed(account, deployment().default_region)
    for owner in repository.release(session, list(keys)):
        refresh_channels(session, owner, now)


def of(session: Session, customer_ids: Collection[UUID]) -> list[dict[str, Any]]:
    """Everything that these ids are recognised by, oldest first."""
    return repository.of(session, customer_ids)


def set_default_policy(session: Session, now: datetime) -> None:
    """Begin with automatic links on a shared unionid only; a policy that is there stays."""
    repository.add_policy(session, now)


def refresh_channels(session: Session, customer_id: UUID, now: datetime) -> None:
    """Tell by which channels a customer can be reached now."""
    refresh_channels_of(session, {customer_id}, Origin.LIVE, now)


def refresh_channels_of(session: Session, customer_ids: Collection[UUID], origin: Origin, now: datetime) -> None:
    """Tell by which channels customers can be reached now."""
    channels = repository.channels(session, customer_ids)
    customers.meet(session, [Meeting(one, "", now, channels[one], origin) for one in customer_ids], now)


def _resolved(session: Session, claims: Sequence[Claim], now: datetime) -> Plan:
    keyed = [rules.keyed(claim, deployment().default_region) for claim in claims]
    plan = rules.plan(keyed, _known(session, keyed))
    while not repository.claim(session, plan.identities, now):
        plan = rules.plan(keyed, _known(session, keyed))
    _carry_out(session, plan, now)
    return plan


def _known(session: Session, claims: Sequence[Keyed]) -> Known:
    known = repository.known(session, {key for _, identities in claims for key in identities})
    if any(rules.may_join(identities, known) for _, identities in claims):
        known.automatic = repository.automatic(session)
        known.undone = links.separated(session, {*known.owner.values(), *known.root.values()})
    return known


def _carry_out(session: Session, plan: Plan, now: datetime) -> None:
    repository.add_visitors(session, plan.visitors, now)
    channels = repository.channels(session, {*plan.customers, *plan.met})
    customers.create(session, _meetings(plan.customers, channels), now)
    customers.meet(session, _meetings(plan.met, channels), now)
    duplicates.propose(session, {conflict: SCORES[conflict[2]] for conflict in plan.conflicts}, now)
    decisions = [Decision(new_id(), (edge,), "auto", one.occurred_at, one.origin) for edge, one in plan.links]
    links.connect(session, decisions, now)


def _meetings(claims: Mapping[UUID, Claim], channels: Mapping[UUID, list[str]]) -> list[Meeting]:
    return [Meeting(id_, one.source, one.occurred_at, channels[id_], one.origin) for id_, one in claims.items()]


def _refuse_others(session: Session, customer_id: UUID, homes: Collection[UUID], caller: Caller) -> None:
    canonical = linking.canonical(session, {customer_id, *homes})
    others = sorted({canonical[home] for home in homes} - {canonical[customer_id]})
    if others:
        named = ownership.seen(session, caller, others)
        who = f"Customer {min(named)}" if named else "Another customer"
        raise Conflict(f"{who} has this identity.", code="owner_conflict")
