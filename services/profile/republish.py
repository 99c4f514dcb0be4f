"""What profile can send again."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.assignments import republish as assignments
from services.profile.attributes import usecases as attributes
from services.profile.behaviour import republish as behaviour
from services.profile.consents import usecases as consents
from services.profile.consents.tables import Consent
from services.profile.contacts import usecases as contacts
from services.profile.customers import rules
from services.profile.customers.tables import Customer
from services.profile.links.tables import LinkChange
from services.profile.orders import republish as orders
from services.profile.privacy import republish as privacy
from services.profile.products import republish as products
from services.profile.segments.evaluations import usecases as segments
from shared import linking
from shared.contracts.base import Event, Origin
from shared.contracts.profile import (
    ActivitySummarised,
    AssignmentChanged,
    ConsentRecorded,
    ContactChanged,
    CustomerLinked,
    CustomerRecorded,
    ErasureCompleted,
    ErasureRequested,
    OrderRecorded,
    ProductRecorded,
    SegmentsChanged,
)
from shared.linking import CustomerRef
from shared.messaging.republish import Republisher, Selection


def customers(session: Session, selection: Selection) -> Sequence[CustomerRecorded]:
    """One page of customer records in their present version."""
    statement = select(Customer.__table__).where(Customer.status == "active")
    whose, changed = Customer.customer_id, Customer.recorded_at
    rows = session.execute(selection.narrowed(statement, whose, customer_id=whose, changed_at=changed)).mappings()
    shared = attributes.shared(session)
    return [rules.recorded(dict(row), Origin.REPUBLISH, shared) for row in rows]


def links(session: Session, selection: Selection) -> Sequence[CustomerLinked]:
    """One page of links in their present version."""
    statement = select(LinkChange, CustomerRef).join(CustomerRef, CustomerRef.customer_id == LinkChange.customer_id)
    whose, changed = LinkChange.customer_id, LinkChange.recorded_at
    rows = session.execute(selection.narrowed(statement, whose, customer_id=whose, changed_at=changed)).all()
    members = linking.members(session, {ref.canonical_id for _, ref in rows})
    return [
        CustomerLinked(
            customer_id=change.customer_id,
            version=ref.version,
            occurred_at=change.occurred_at,
            recorded_at=change.recorded_at,
            canonical_id=ref.canonical_id,
            member_ids=members[ref.canonical_id],
            merge_id=change.merge_id,
            cause=change.cause,
        )
        for change, ref in rows
    ]


def agreements(session: Session, selection: Selection) -> Sequence[ConsentRecorded]:
    """One page of consent states in their present version."""
    key = (Consent.customer_id, Consent.purpose, Consent.channel)
    statement = selection.narrowed(
        select(Consent.__table__), *key, customer_id=Consent.customer_id, changed_at=Consent.recorded_at
    )
    rows = session.execute(statement).mappings()
    return [consents.recorded(dict(row), Origin.REPUBLISH) for row in rows]


REPUBLISH: dict[type[Event], Republisher] = {
    ErasureRequested: privacy.requested,  # before anything else: a restored service must not show what was erased
    CustomerRecorded: customers,
    CustomerLinked: links,
    ConsentRecorded: agreements,
    ContactChanged: contacts.told_again,
    OrderRecorded: orders.page,
    ProductRecorded: products.page,
    ActivitySummarised: behaviour.page,
    ErasureCompleted: privacy.completed,
    SegmentsChanged: segments.published_again,
    AssignmentChanged: assignments.page,
}
