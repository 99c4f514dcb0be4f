"""What keeps an imported past from looking like news."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base


class QuietMark(Base):
    """Something happened to a customer that is no news: imported, or told again. Gone once it was looked at."""

    __tablename__ = "quiet_mark"
    mark_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
