"""Identities, contact points, the visitors nobody knows yet, and what may link by itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret


class IdentityRow(Base):
    """One thing a customer or visitor is recognised by; it has one owner in the whole deployment."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("kind", "scope", "hash"),
        Index("ix_identity_kind_hash", "kind", "hash"),
    )
    identity_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)  # origin id: a merge never rewrites it
    kind: Mapped[Code]
    scope: Mapped[Label]  # the source of an external id, else empty
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[str] = mapped_column(Secret)
    created_at: Mapped[datetime]


class Contact(Base):
    """Where a customer can be reached; a removed one stays."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("customer_id", "channel", "hash"),)
    contact_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]  # origin id: a merge never rewrites it
    channel: Mapped[Code]
    hash: Mapped[bytes] = mapped_column(LargeBinary)  # as of an identity that is the same address
    value: Mapped[str] = mapped_column(Secret)
    label: Mapped[Label | None]
    state: Mapped[Code]  # added, verified, removed
    verified_at: Mapped[datetime | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Visitor(Base):
    """Somebody without a name. Never published; once identified, its id is linked to a customer's."""

    __tablename__ = "visitor"
    __table_args__ = (Index("ix_visitor_first_seen_at", "first_seen_at", postgresql_using="brin"),)
    visitor_id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[Label]
    first_seen_at: Mapped[datetime]
    created_at: Mapped[datetime]


class IdentityPolicy(Base):
    """The kinds of identity that link two known customers without asking. One row."""

    __tablename__ = "identity_policy"
    policy_id: Mapped[Code] = mapped_column(primary_key=True)
    automatic: Mapped[list[str]]
    version: Mapped[int]
    updated_at: Mapped[datetime]
