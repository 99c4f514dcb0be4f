"""Customers as they count: reading, recording and changing them over HTTP."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.orm import Session

from services.profile.assignments.schemas import PeriodOut
from services.profile.attributes import usecases as attributes
from services.profile.attributes.rules import OPEN, PRIVATE, Declared
from services.profile.consents import usecases as consents
from services.profile.consents.schemas import ConsentOut
from services.profile.customers import usecases as customers
from services.profile.customers.schemas import MEMBER, STAFF, Archive, ArchivePatch, Change, OwnArchive, Record
from services.profile.directory import repository, rules
from services.profile.directory.schemas import CustomerFilter, CustomerOut, OwnRecord, ProfileParts
from services.profile.households import usecases as households
from services.profile.identities import usecases as identities
from services.profile.identities.schemas import LookupIdentity, Match, NewCustomer
from services.profile.ingestion.schemas import ProblemOut, ResultOut
from services.profile.instants import rules as instants
from services.profile.links import usecases as links
from services.profile.links.schemas import Person
from services.profile.segments.evaluations.schemas import MembershipOut
from services.profile.timeline.schemas import EntryOut
from shared import linking, ownership
from shared.auth.caller import Caller
from shared.errors import FieldError, Forbidden, GuanxiError, Invalid
from shared.web.patches import merged
from shared.web.validation import checked, invalid

PII = "profile:pii"
PLACES = (OPEN, PRIVATE)
Judged = NewCustomer | GuanxiError
LATEST = 20  # entries of the timeline


def read(session: Session, customer_id: UUID, caller: Caller) -> CustomerOut | OwnRecord:
    """The record of whom an id counts as, as the caller may see it. Raises NotFound and Gone."""
    if caller.kind == MEMBER:
        return OwnRecord.of(whole(session, customer_id, pii=True))
    return whole(session, customer_id, pii=caller.may(PII))


def whole(session: Session, customer_id: UUID, *, pii: bool) -> CustomerOut:
    """The record of whom an id counts as, with the identities of all linked ids. Raises NotFound and Gone."""
    return _of_person(session, links.person(session, customer_id), pii=pii)


def create(session: Session, body: NewCustomer, now: datetime) -> UUID:
    """Record a customer nobody knows yet. Raises Invalid for impossible times, Conflict when they are there, Gone."""
    instants.refuse(_times(body), now)
    attributes.fields(attributes.declared(session) if body.attributes else {}, body.attributes or {})
    _require_household(session, body.household_id)
    return identities.create(session, [body], now)[0]


def record(session: Session, items: Sequence[Any], now: datetime) -> list[ResultOut]:
    """Create or update customers as a shop knows them; each is accepted or refused by itself."""
    known = attributes.declared(session)
    judged = _in_known_households(session, [_judged(item, known, now) for item in items])
    accepted = {at: one for at, one in enumerate(judged) if isinstance(one, NewCustomer)}
    recorded = dict(zip(accepted, identities.record(session, list(accepted.values()), now), strict=True))
    outcomes = {at: one for at, one in enumerate(judged) if isinstance(one, GuanxiError)} | recorded
    return [
        ResultOut(index=at, status="refused", id=None, problem=ProblemOut.of(one))
        if isinstance(one, GuanxiError)
        else ResultOut(index=at, status=one[1], id=str(one[0]), problem=None)
        for at, one in sorted(outcomes.items())
    ]


def edit(
    session: Session, customer_id: UUID, patch: ArchivePatch, caller: Caller, *, version: int, now: datetime
) -> None:
    """Change the record of whom an id counts as, on the word of staff or of the customer.

    Raises PreconditionFailed when it has moved on since `version`, Invalid for what the caller may not change.
    """
    if caller.kind == MEMBER:
        _refuse_foreign(patch)
    instants.refuse([("registered_at", patch.registered_at)], now)
    _require_household(session, patch.household_id)
    person = links.person(session, customer_id)
    record = _record(session, person)
    said = _patched(record, patch).said() | _attributes(session, record, patch)
    writer = MEMBER if caller.kind == MEMBER else STAFF
    at = max([now, *rules.said_at(record, said)])
    customers.edit(session, Change(person.canonical_id, said, writer, at, actor=caller.id), version, now)
    if "tags" in said:  # the list that was sent is the whole list of the person
        others = [one for one in person.member_ids if one != person.canonical_id]
        customers.adjust(session, others, lambda record: {"tags": None} if record["tags"] else {}, caller.id, now)


def may_search(wanted: CustomerFilter, caller: Caller) -> CustomerFilter:
    """The filter, if the caller may use it: searching by name reveals names."""
    if wanted.q is not None and not caller.may(PII):
        raise Forbidden("Searching by name needs the scope profile:pii.")
    return wanted


def look_up(session: Session, wanted: Sequence[LookupIdentity], caller: Caller) -> list[Match]:
    """Whose these identities are; those nobody known has, or whom the caller may not see, are left out."""
    owners = identities.owners(session, wanted)
    canonical = linking.canonical(session, set(owners.values()))
    known = ownership.seen(session, caller, customers.active(session, set(canonical.values())))
    return [
        Match(index=index, customer_id=owner, canonical_id=canonical[owner])
        for index, owner in owners.items()
        if canonical[owner] in known
    ]


def parts(session: Session, customer_id: UUID, *, pii: bool) -> ProfileParts:
    """What profile knows of one person, in three statements. Raises NotFound and Gone."""
    canonical_id, records = repository.star(session, customer_id)
    own = records.get(canonical_id) or {"status": None}
    person = links.known(canonical_id, own["status"], list(records))
    others = [one for one in records.values() if one is not None and one is not own]
    belongings = repository.belongings(session, canonical_id, person.member_ids, LATEST)
    agreed = consents.effective_of(belongings.consents, belongings.linked_at)
    return ProfileParts(
        customer=_shown(session, person, rules.combined(own, others), pii=pii),
        consents=[ConsentOut.model_validate(one) for one in agreed],
        segments=[MembershipOut.model_validate(one) for one in belongings.segments],
        assignments=[PeriodOut.model_validate(one) for one in belongings.assignments],
        timeline=[EntryOut.model_validate(one) for one in belongings.timeline],
    )


def _of_person(session: Session, person: Person, *, pii: bool) -> CustomerOut:
    return _shown(session, person, _record(session, person), pii=pii)


def _shown(session: Session, person: Person, record: Record, *, pii: bool) -> CustomerOut:
    return CustomerOut.whole(record, person.member_ids, identities.of(session, person.member_ids), pii=pii)


def _record(session: Session, person: Person) -> Record:
    records = repository.records(session, person.member_ids)
    own = records.pop(person.canonical_id)
    return rules.combined(own, list(records.values()))


def _require_household(session: Session, household_id: UUID | None) -> None:
    if household_id is not None and (faults := households.faults(session, {household_id})):
        raise Invalid("Not valid: household_id.", errors=list(faults.values()))


def _in_known_households(session: Session, judged: Sequence[Judged]) -> list[Judged]:
    named = {one.household_id for one in judged if isinstance(one, NewCustomer) and one.household_id}
    faults = households.faults(session, named)
    return [
        Invalid("Not valid: household_id.", errors=[faults[one.household_id]])
        if isinstance(one, NewCustomer) and one.household_id in faults
        else one
        for one in judged
    ]


def _judged(item: Any, known: Declared, now: datetime) -> Judged:
    try:
        body = NewCustomer.model_validate(item)
        instants.refuse(_times(body), now)
        attributes.fields(known, body.attributes or {})
    except ValidationError as error:
        return invalid(error.errors(include_url=False, include_input=False))
    except Invalid as error:
        return error
    return body


def _attributes(session: Session, record: Record, patch: ArchivePatch) -> dict[str, Any]:
    if "attributes" not in patch.model_fields_set:
        return {}
    if patch.attributes is None:
        return {f"{column}.{key}": None for column in PLACES for key in record[column]}
    return attributes.fields(attributes.declared(session), patch.attributes)


def _patched(record: Record, patch: ArchivePatch) -> Archive:
    sent = patch.model_dump(exclude_unset=True, exclude={"attributes"})
    whole = {name: merged(record[name] or {}, to) if isinstance(to, dict) else to for name, to in sent.items()}
    return checked(Archive, whole)


def _times(body: NewCustomer) -> list[tuple[str, datetime | None]]:
    return [("registered_at", body.registered_at), ("updated_at", body.updated_at)]


def _refuse_foreign(patch: ArchivePatch) -> None:
    foreign = sorted(patch.model_fields_set - set(OwnArchive.model_fields))
    if foreign:
        errors = [FieldError(name, "not_allowed", "Customers do not say this about themselves.") for name in foreign]
        raise Invalid(f"Not valid: {', '.join(foreign)}.", errors=errors)
