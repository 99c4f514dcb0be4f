"""Which clustering counts, on the database."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from services.scoring.clusters import usecases
from services.scoring.clusters.fields import table
from services.scoring.clusters.schemas import NewClustering
from services.scoring.estimators.histories import Floats
from services.scoring.models.tables import Model
from shared.errors import Invalid
from tests.scoring.clusters.shops import shop

pytestmark = pytest.mark.capability("C-20")
USUAL = NewClustering()


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def fit(session: Session, rows: Floats, wanted: NewClustering, origin: str, now: datetime) -> Model:
    found = usecases.find(rows, wanted, usecases.in_force(session))
    return usecases.put_in_force(session, found, origin, now)


def test_nobody_is_in_a_cluster_before_there_are_any(scoring: Session) -> None:
    evidence, _ = shop(each=2)
    assert usecases.assigned(scoring, evidence) == [None] * 7


def test_customers_are_assigned_by_the_clustering_in_force(scoring: Session, now: datetime) -> None:
    evidence, kind = shop()
    model = fit(scoring, table(evidence), USUAL, "job", now)
    found = usecases.assigned(scoring, evidence)
    assert found[-1] is None
    assert set(found[:-1]) == set(model.card["sizes"])
    assert len({*zip(kind.tolist(), found, strict=False)}) == 3


def test_codes_go_on_when_clusters_are_found_anew(scoring: Session, now: datetime) -> None:
    (first, _), (later, _) = shop(), shop(seed=5)
    before, after = (fit(scoring, table(one), USUAL, str(at), now) for at, one in enumerate((first, later)))
    assert (before.number, after.number) == (1, 2)
    assert set(before.card["sizes"]) == set(after.card["sizes"])
    assert usecases.in_force(scoring) is not None


def test_the_same_job_finds_clusters_once(scoring: Session, now: datetime) -> None:
    rows = table(shop()[0])
    first, second = (fit(scoring, rows, USUAL, "job", now) for _ in range(2))
    assert first.model_id == second.model_id


def test_fifty_must_have_bought_and_the_refusal_says_how_many_are_missing(scoring: Session, now: datetime) -> None:
    evidence, _ = shop(each=16)
    with pytest.raises(Invalid, match="48 have, so 2 are missing") as refused:
        fit(scoring, table(evidence), USUAL, "job", now)
    assert [(one.field, one.code) for one in refused.value.errors] == [("customers", "too_small")]
    usecases.require_buyers(50)
