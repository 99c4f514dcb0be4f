"""Ranking everybody by what a model says, and keeping the head of the list."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.challengers.rankings import repository
from services.scoring.estimators.histories import Floats
from services.scoring.statistics import repository as statistics
from shared.runtime import Runtime

KEPT = 10_000
AT_ONCE = 1_000

Say = Callable[[Session, Sequence[UUID]], Floats]


class Head:
    """The likeliest so far."""

    def __init__(self) -> None:
        self.people: list[UUID] = []
        self.probability: Floats = np.empty(0)

    def add(self, people: Sequence[UUID], probability: Floats) -> None:
        """Consider more customers; NaN is never listed."""
        told = np.flatnonzero(~np.isnan(probability))
        everybody = [*self.people, *(people[at] for at in told.tolist())]
        numbers = np.concatenate([self.probability, probability[told]])
        best = np.argsort(-numbers, kind="stable")[:KEPT]
        self.people, self.probability = [everybody[at] for at in best.tolist()], numbers[best]


def forget(session: Session, target: str, now: datetime) -> None:
    """List nobody for a target."""
    repository.replace(session, target, [], [], now)


def rank(runtime: Runtime, target: str, say: Say, now: datetime) -> int:
    """Ask `say` about everybody, 1,000 at a time, and keep the likeliest 10,000; how many were asked about."""
    head, asked, after = Head(), 0, None
    while True:
        with runtime.database.reading() as session:
            people = statistics.people_after(session, after, AT_ONCE)
            if people:
                head.add(people, say(session, people))
        if not people:
            break
        asked, after = asked + len(people), people[-1]
    with runtime.database.transaction() as session:
        repository.replace(session, target, head.people, head.probability.tolist(), now)
    return asked
