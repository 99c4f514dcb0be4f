"""What an identity is, and who owns a set of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.profile.identities.schemas import KINDS, Claim, Key, Known, NewIdentity
from services.profile.links.schemas import Edge
from services.profile.personal.rules import normalised
from shared.contracts.base import Origin
from shared.crypto import blind_index
from shared.ids import new_id

PERSONAL = frozenset(KINDS) - {"device", "anonymous"}

Keyed = tuple[Claim, dict[Key, str]]


@dataclass(slots=True)
class Plan:
    """What a batch of claims comes to. The claim that a row goes back to is kept beside it."""

    owners: list[UUID | None] = field(default_factory=list)  # None: about somebody erased
    identities: list[NewIdentity] = field(default_factory=list)
    customers: dict[UUID, Claim] = field(default_factory=dict)
    visitors: dict[UUID, Claim] = field(default_factory=dict)
    links: list[tuple[Edge, Claim]] = field(default_factory=list)
    conflicts: set[tuple[UUID, UUID, str]] = field(default_factory=set)
    met: dict[UUID, Claim] = field(default_factory=dict)  # customers known before, met earlier or by a new identity


def keyed(claim: Claim, region: str) -> Keyed:
    """A claim with its identities by precedence, each once, and their normal forms. ValueError on a wrong one."""
    found = {}
    for one in sorted(claim.identities, key=lambda identity: KINDS.index(identity.kind)):
        value = normalised(one.kind, one.value, region)
        scope = claim.source if one.kind == "external" else ""
        found[Key(one.kind, scope, blind_index(one.kind, value))] = value
    return claim, found


def may_join(identities: Collection[Key], known: Known) -> bool:
    """Whether a claim with these identities might bring two owners together."""
    return len(identities) > 1 and len({known.owner.get(key, key) for key in identities}) > 1


def is_barred(claim: Claim, keys: Collection[Key], erased: Mapping[Key, datetime]) -> bool:
    """Whether a claim tells of somebody from before they were erased; an import always tells of the past.

    A device may be shared: it bars alone only where nothing else says who it is.
    """
    if not erased:
        return False
    known = [key for key in keys if key.kind in PERSONAL] or list(keys)
    times = [erased[key] for key in known if key in erased]
    return bool(times) and (claim.origin is not Origin.LIVE or claim.occurred_at <= max(times))


def plan(claims: Sequence[Keyed], known: Known) -> Plan:
    """Whom each claim is about, and what to record so that the next one finds them. Notes everything in `known`."""
    made = Plan()
    for claim, identities in claims:
        if is_barred(claim, identities, known.erased):
            made.owners.append(None)
            continue
        owner = _owner(claim, identities, known, made)
        made.owners.append(owner)
        if owner in known.home:
            _note_first_seen(claim, known.home[owner], known, made)
            _relate(claim, identities, owner, known, made)
        _add(claim, identities, known.home.get(owner, owner), known, made)
    return made


def _owner(claim: Claim, identities: dict[Key, str], known: Known, made: Plan) -> UUID:
    """The first hit by precedence, a customer's before a visitor's; a known claim is always a customer's."""
    hits = [known.owner[key] for key in identities if key in known.owner]
    customers = [hit for hit in hits if hit in known.home]
    if customers:
        return known.home[customers[0]] if claim.known else customers[0]
    if hits and not claim.known:
        return hits[0]
    stranger = new_id()
    if claim.known:
        made.customers[stranger] = claim
        known.home[stranger] = known.root[stranger] = stranger
        known.first_seen[stranger] = claim.occurred_at
    else:
        made.visitors[stranger] = claim
    return stranger


def _note_first_seen(claim: Claim, customer_id: UUID, known: Known, made: Plan) -> None:
    """Orders may arrive backwards: the earliest is when the customer came, whatever was heard first."""
    if customer_id in known.first_seen and claim.occurred_at < known.first_seen[customer_id]:
        known.first_seen[customer_id] = claim.occurred_at
        (made.customers if customer_id in made.customers else made.met)[customer_id] = claim


def _relate(claim: Claim, identities: dict[Key, str], owner: UUID, known: Known, made: Plan) -> None:
    """Visitors met under the same claim are the customer; other customers may be, which is for staff to judge."""
    home = known.home[owner]
    names_somebody = claim.known or any(key.kind in PERSONAL for key in identities)
    for key in identities:
        other = known.owner.get(key)
        if other is None:
            continue
        if other in known.home:
            _compare(claim, key.kind, (home, known.home[other]), known, made)
        elif names_somebody and frozenset((other, home)) not in known.undone:
            known.home[other] = home
            made.links.append((Edge(other, home), claim))


def _compare(claim: Claim, kind: str, homes: tuple[UUID, UUID], known: Known, made: Plan) -> None:
    older, younger = sorted(known.root[home] for home in homes)
    if older == younger:
        return
    if kind in known.automatic and frozenset((older, younger)) not in known.undone:
        made.links.append((Edge(younger, older), claim))
        known.root.update({one: older for one, root in known.root.items() if root == younger})
    else:
        made.conflicts.add((*sorted(homes), kind))  # type: ignore[arg-type]


def _add(claim: Claim, identities: dict[Key, str], customer_id: UUID, known: Known, made: Plan) -> None:
    new = {key: value for key, value in identities.items() if key not in known.owner}
    made.identities += [NewIdentity(key, value, customer_id) for key, value in new.items()]
    known.owner.update(dict.fromkeys(new, customer_id))
    if new and customer_id not in made.customers and customer_id in known.home:
        made.met.setdefault(customer_id, claim)
