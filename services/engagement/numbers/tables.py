"""The last number given, by kind and year."""

from sqlalchemy.orm import Mapped, mapped_column

from services.engagement.base import Base
from shared.contracts.base import Code


class NumberCounter(Base):
    """How many numbers of a kind were given in a year."""

    __tablename__ = "number_counter"
    kind: Mapped[Code] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
