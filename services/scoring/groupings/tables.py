"""How many customers came into a group and left it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class GroupingMove(Base):
    """Counts of one hour, by what caused the moves: nobody is named."""

    __tablename__ = "grouping_move"
    grouping: Mapped[str] = mapped_column(primary_key=True)
    group_id: Mapped[UUID] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    entered: Mapped[int]
    left: Mapped[int]
