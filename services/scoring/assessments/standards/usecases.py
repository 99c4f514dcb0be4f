"""The rulebook, the programme of tiers and the strategies, kept between requests.

A reader brings a mark of what is stored now, from the statement by which it reads the customer; what was made of other
marks is made again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.scoring.appraisals import usecases as appraisals
from services.scoring.appraisals.rules import Rulebook
from services.scoring.models import usecases as models
from services.scoring.models.rules import Standards
from services.scoring.strategies import rules
from services.scoring.strategies import usecases as strategies
from services.scoring.strategies.schemas import NewStrategy
from services.scoring.tiers.rules import Programme
from shared.kept import Kept


@dataclass(frozen=True, slots=True)
class Book:
    """The schemes and models that count, as they are and as they are used."""

    standards: Standards
    rules: Rulebook
    programme: Programme


BOOK, STRATEGIES = Kept[Book](), Kept[Sequence[NewStrategy]]()


def book(session: Session, mark: Any) -> Book:
    """The schemes and models that count."""
    return BOOK.by(mark, lambda: _made(session))


def in_force(session: Session, mark: Any, now: datetime) -> Sequence[NewStrategy]:
    """The strategies that apply now, the most important first."""
    return rules.in_force(STRATEGIES.by(mark, lambda: strategies.in_use(session)), now)


def _made(session: Session) -> Book:
    found = models.standards(session)
    return Book(found, appraisals.rulebook(session, found), Programme.of(*found.scheme("tiers")))
