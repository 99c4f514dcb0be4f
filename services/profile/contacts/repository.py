"""Statements about contact points."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.profile.contacts.schemas import REMOVED
from services.profile.identities.tables import Contact, IdentityRow
from shared.db import among, put
from shared.linking import CustomerRef
from shared.messaging.republish import Selection
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing

Key = tuple[UUID, str, bytes]  # person, channel or kind, address
SORTS = {"created_at": (Contact.created_at, Contact.contact_id)}


def listed(
    session: Session,
    customer_ids: Collection[UUID],
    page: PageRequest,
    channels: Collection[str] | None,
    states: Collection[str] | None,
) -> Listing[Any]:
    """Contact points of these ids, newest first; removed ones only where they are asked for."""
    wanted = select(Contact).where(among(Contact.customer_id, customer_ids))
    wanted = wanted.where(Contact.state.in_(states) if states else Contact.state != REMOVED)
    if channels:
        wanted = wanted.where(Contact.channel.in_(channels))
    return paginate(session, wanted, page, SORTS)


def of(session: Session, customer_ids: Collection[UUID], contact_id: UUID, *, locked: bool = False) -> Contact | None:
    """One contact point of these ids, removed or not."""
    wanted = select(Contact).where(Contact.contact_id == contact_id, among(Contact.customer_id, customer_ids))
    return session.scalars(wanted.with_for_update() if locked else wanted).one_or_none()


def known(session: Session, customer_ids: Collection[UUID], channel: str, hash_: bytes) -> Sequence[Contact]:
    """The contact points of these ids with one address, removed or not, which nobody else changes meanwhile."""
    wanted = select(Contact).where(
        among(Contact.customer_id, customer_ids), Contact.channel == channel, Contact.hash == hash_
    )
    return session.scalars(wanted.order_by(Contact.contact_id).with_for_update()).all()


def identity(session: Session, customer_ids: Collection[UUID], kind: str, hash_: bytes) -> UUID | None:
    """The identity of these ids that is one address, which no contact point is named after yet."""
    named = select(Contact.contact_id).where(Contact.contact_id == IdentityRow.identity_id)
    wanted = select(IdentityRow.identity_id).where(
        among(IdentityRow.customer_id, customer_ids), IdentityRow.kind == kind, IdentityRow.hash == hash_
    )
    return session.scalar(wanted.where(~named.exists()))


def known_of(session: Session, canonical_ids: Collection[UUID], hashes: Collection[bytes]) -> dict[Key, Contact]:
    """Contact points of people with one of these addresses, removed or not, by person, channel and address."""
    statement = select(CustomerRef.canonical_id, Contact).join(Contact, Contact.customer_id == CustomerRef.customer_id)
    wanted = statement.where(among(CustomerRef.canonical_id, canonical_ids), among(Contact.hash, hashes))
    return {(canonical, one.channel, one.hash): one for canonical, one in session.execute(wanted).all()}


def identities(session: Session, canonical_ids: Collection[UUID], hashes: Collection[bytes]) -> dict[Key, UUID]:
    """The identities of people that are one of these addresses, and that no contact point is named after yet."""
    named = select(Contact.contact_id).where(Contact.contact_id == IdentityRow.identity_id)
    statement = select(CustomerRef.canonical_id, IdentityRow.kind, IdentityRow.hash, IdentityRow.identity_id)
    wanted = statement.join(IdentityRow, IdentityRow.customer_id == CustomerRef.customer_id).where(
        among(CustomerRef.canonical_id, canonical_ids), among(IdentityRow.hash, hashes), ~named.exists()
    )
    return {(canonical, kind, hash_): id_ for canonical, kind, hash_, id_ in session.execute(wanted).all()}


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new contact points."""
    put(session, Contact, rows)


def found(session: Session, contact_ids: Collection[UUID]) -> Sequence[Contact]:
    """These contact points."""
    return session.scalars(select(Contact).where(among(Contact.contact_id, contact_ids))).all()


def selected(session: Session, selection: Selection) -> Sequence[Contact]:
    """One page of contact points by id."""
    whose, changed = Contact.customer_id, Contact.updated_at
    page = selection.narrowed(select(Contact), Contact.contact_id, customer_id=whose, changed_at=changed)
    return session.scalars(page).all()
