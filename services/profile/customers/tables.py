"""The archive, its human numbers, and the index by which names are found."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code, Label
from shared.crypto import Secret, SecretJson


class Customer(Base):
    """One known customer as first met. A merge never changes it."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_tags", "tags", postgresql_using="gin"),
        Index("ix_customer_unmatched", "customer_id", postgresql_where=text("unmatched")),
    )
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[Code] = mapped_column(unique=True)
    status: Mapped[Code]
    kind: Mapped[Code]
    household_id: Mapped[UUID | None] = mapped_column(index=True)
    registered_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[Label]
    name: Mapped[str | None] = mapped_column(Secret)
    birth_year: Mapped[str | None] = mapped_column(Secret)
    address: Mapped[str | None] = mapped_column(Secret)
    locale: Mapped[Code]
    time_zone: Mapped[Code]
    region: Mapped[Code | None] = mapped_column(index=True)
    city: Mapped[Label | None]
    gender: Mapped[Code | None]
    birthday: Mapped[dict[str, Any] | None]  # {calendar, month, day, leap}
    age_band: Mapped[Code | None]
    age_band_until: Mapped[datetime | None] = mapped_column(index=True)  # the birthday on which it changes
    channels: Mapped[list[str]]  # by which a usable contact is known
    preferred_channel: Mapped[Code | None]
    contact_hours: Mapped[list[str]]
    influence: Mapped[dict[str, Any]]  # {standing, followers}
    income_band: Mapped[Code | None]
    occupation: Mapped[Label | None]
    interests: Mapped[list[str]]
    lifestyle: Mapped[list[str]]
    tags: Mapped[list[str]]
    attributes: Mapped[dict[str, Any]]  # {key: value}, as declared
    private_attributes: Mapped[dict[str, Any]] = mapped_column(SecretJson, nullable=True)  # personal ones, free text
    industry: Mapped[Code | None]  # these four: of an organisation
    size_band: Mapped[Code | None]
    renewal_at: Mapped[date | None] = mapped_column(index=True)
    facts: Mapped[dict[str, Any]]  # {kind: {value, as_of}}: the latest of each kind
    archived_at: Mapped[datetime | None]  # no longer in use, but still there
    first_touch: Mapped[dict[str, Any] | None]
    last_touch: Mapped[dict[str, Any] | None]
    field_times: Mapped[dict[str, Any]]  # {field: [time, writer, actor]}: who wrote a field last, and when
    unmatched: Mapped[bool]  # not compared with others since name, birthday or address moved
    version: Mapped[int]
    created_at: Mapped[datetime]
    occurred_at: Mapped[datetime]  # of the last change, in the world
    recorded_at: Mapped[datetime]  # of the last change, here


class CustomerChange(Base):
    """One field of one record that moved. Never changed, never deleted but by erasure and retention."""

    __tablename__ = "customer_change"
    __table_args__ = (
        Index("ix_customer_change_customer_id_recorded_at", "customer_id", "recorded_at"),
        Index("ix_customer_change_recorded_at", "recorded_at", postgresql_using="brin"),
    )
    change_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID]  # origin id: a merge never rewrites it
    field: Mapped[Code]
    before: Mapped[str] = mapped_column(Secret)  # JSON
    after: Mapped[str] = mapped_column(Secret)  # JSON
    writer: Mapped[Code]  # shop, staff, member
    actor: Mapped[Label]  # the source of a shop, else the caller
    occurred_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class CustomerNumber(Base):
    """The last human number given out in a year."""

    __tablename__ = "customer_number"
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int]


class NameToken(Base):
    """One searchable piece of a customer's name, as a keyed hash."""

    __tablename__ = "name_token"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, index=True)
