"""Facts about opinions."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.base import Base


class SurveyFact(Base):
    """One answered survey: readiness to recommend 0..10, satisfaction and ratings by aspect 1..5."""

    __tablename__ = "survey_fact"
    response_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    nps: Mapped[int | None] = mapped_column(SmallInteger)
    csat: Mapped[int | None] = mapped_column(SmallInteger)
    ratings: Mapped[dict[str, Any]]
    answered_at: Mapped[datetime]


class ReviewFact(Base):
    """One product review, 1..5 stars; `occurred_at` is when it came to its status."""

    __tablename__ = "review_fact"
    review_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    rating: Mapped[int] = mapped_column(SmallInteger)
    status: Mapped[str]
    occurred_at: Mapped[datetime]


class FeedbackFact(Base):
    """One thing said elsewhere, its tone from -1 to 1."""

    __tablename__ = "feedback_fact"
    feedback_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[UUID] = mapped_column(index=True)
    version: Mapped[int]
    tone: Mapped[Decimal] = mapped_column(Numeric(5, 4))
    occurred_at: Mapped[datetime]
