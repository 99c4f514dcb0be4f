"""Members of organisations."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Label


class OrganisationMember(Base):
    """One customer who belongs to one organisation. Both ids are origin ids: a merge never rewrites them."""

    __tablename__ = "organisation_member"
    organisation_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    role: Mapped[Label | None]
    created_at: Mapped[datetime]
