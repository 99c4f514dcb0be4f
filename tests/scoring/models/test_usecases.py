"""How models come, count and go."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from services.scoring.models import usecases as models
from services.scoring.models.tables import ModelStatus
from shared.errors import Conflict, NotFound

pytestmark = pytest.mark.capability("C-19")


@pytest.fixture
def session(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def test_a_candidate_counts_once_it_is_promoted_and_the_one_before_retires(session: Session, now: datetime) -> None:
    first, second = (models.offer(session, "churn", {"at": at}, {}, now) for at in (1, 2))
    assert models.in_force(session, "churn") is None
    for model in (first, second):
        models.promote(session, model.model_id)
    session.refresh(first)
    assert (first.status, second.status) == (ModelStatus.RETIRED, ModelStatus.IN_FORCE)
    assert models.loaded(session, "churn", lambda content: content["at"]) == 2
    assert models.newest(session, ["churn", "spend"]) == {"churn": now}
    assert models.latest(session, "churn").number == 2


def test_falling_back_leaves_a_kind_without_a_challenger(session: Session, now: datetime) -> None:
    models.promote(session, models.offer(session, "spend", {}, {}, now).model_id)
    models.fall_back(session, "spend")
    assert models.loaded(session, "spend", dict) is None
    with pytest.raises(NotFound):
        models.fall_back(session, "spend")


@pytest.mark.parametrize("kind", ["purchases", "tree.churned"])
def test_what_reviews_decide_or_what_only_describes_is_not_promoted(session: Session, now: datetime, kind: str) -> None:
    model = models.offer(session, kind, {}, {}, now)
    with pytest.raises(Conflict) as refused:
        models.promote(session, model.model_id)
    assert refused.value.code == "invalid_transition"
