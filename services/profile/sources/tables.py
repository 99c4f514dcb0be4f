"""Sources by the code that shops send."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.profile.base import Base
from shared.contracts.base import Code


class Source(Base):
    """One store or channel. A code not heard before makes one."""

    __tablename__ = "source"
    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    code: Mapped[Code] = mapped_column(unique=True)
    created_at: Mapped[datetime]
