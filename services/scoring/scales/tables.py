"""What articles of a category cost, as a review found it."""

from sqlalchemy import ARRAY, Float
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class PriceScale(Base):
    """The unit prices that 5, 10, … 95 % of the lines of a category stay below, base currency."""

    __tablename__ = "price_scale"
    category: Mapped[str] = mapped_column(primary_key=True)
    marks: Mapped[list[float]] = mapped_column(ARRAY(Float))
