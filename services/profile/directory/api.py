"""Customers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.profile.customers.schemas import ArchivePatch
from services.profile.directory import repository, usecases
from services.profile.directory.schemas import (
    Count,
    CustomerBatch,
    CustomerBrief,
    CustomerFilter,
    CustomerOut,
    OwnRecord,
    ProfileParts,
)
from services.profile.directory.usecases import PII
from services.profile.identities.schemas import Lookup, Matches, NewCustomer
from services.profile.ingestion.schemas import Results
from shared.web.bodies import BATCH_LIMIT
from shared.web.dependencies import CurrentCaller, IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import INTERNAL, OWN, Router
from shared.web.schemas import Listing

router = Router("/customers", tag="Customers")
internal = Router("/internal/customers/{customer_id}", tag="Customer 360")
Wanted = Annotated[CustomerFilter, Depends()]


@router.get("", scope="profile:read", managers=OWN)
def list_customers(session: ReadSession, page: Page, caller: CurrentCaller, wanted: Wanted) -> Listing[CustomerBrief]:
    """Customers, newest first; a merged one appears once. Names are masked without `profile:pii`."""
    found = repository.listed(session, usecases.may_search(wanted, caller), page, caller)
    items = [CustomerBrief.of(row, pii=caller.may(PII)) for row in found.items]
    return Listing(items=items, next_cursor=found.next_cursor)


@router.get("/count", scope="profile:read", managers=OWN)
def count_customers(session: ReadSession, caller: CurrentCaller, wanted: Wanted) -> Count:
    """How many customers match."""
    return Count(count=repository.count(session, usecases.may_search(wanted, caller), caller))


@router.post("", scope="profile:write", status_code=201, location="/customers/{id}")
def create_customer(body: NewCustomer, session: WriteSession, caller: CurrentCaller, now: Now) -> CustomerOut:
    """Record a customer nobody knows yet. 409 `already_exists` names the customer who has one of the identities."""
    return usecases.whole(session, usecases.create(session, body, now), pii=caller.may(PII))


@router.post("/batch", scope="profile:write", max_body=BATCH_LIMIT)
def record_customers(body: CustomerBatch, session: WriteSession, now: Now) -> Results:
    """Create or update up to 500 customers as a shop knows them; per field the latest `updated_at` wins."""
    return Results(results=usecases.record(session, body.items, now))


@router.post("/lookup", scope="profile:read", managers=OWN)
def look_up_customers(body: Lookup, session: ReadSession, caller: CurrentCaller) -> Matches:
    """Find customers by phone, e-mail or any other identity, which never appear in a URL."""
    return Matches(matches=usecases.look_up(session, body.identities, caller))


@router.get("/{customer_id}", scope="profile:read", member=OWN)
def read_customer(customer_id: UUID, session: ReadSession, caller: CurrentCaller) -> CustomerOut | OwnRecord:
    """One customer. The id of an absorbed record answers with the record it counts as; customers see their part."""
    return usecases.read(session, customer_id, caller)


@router.patch("/{customer_id}", scope="profile:write", member=OWN)
def edit_customer(
    customer_id: UUID, body: ArchivePatch, *, session: WriteSession, caller: CurrentCaller, now: Now, version: IfMatch
) -> CustomerOut | OwnRecord:
    """Change fields (JSON Merge Patch). What staff or the customer wrote stands until a shop tells something newer."""
    usecases.edit(session, customer_id, body, caller, version=version, now=now)
    return usecases.read(session, customer_id, caller)


@internal.get("/360", scope=INTERNAL)
def read_parts(customer_id: UUID, session: ReadSession, caller: CurrentCaller) -> ProfileParts:
    """Record, consents, segments, owners and latest timeline entries of a person, for the gateway."""
    return usecases.parts(session, customer_id, pii=caller.may(PII))
