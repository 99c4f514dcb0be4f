"""Who was put on a list."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base


class SegmentListing(Base):
    """One customer on a static list, by the id they were put on it with: a merge never rewrites it."""

    __tablename__ = "segment_listing"
    customer_id: Mapped[UUID] = mapped_column(primary_key=True)
    segment_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)
    listed_at: Mapped[datetime]
