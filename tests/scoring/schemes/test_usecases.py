"""Versions of schemes: counted through all kinds, told, merged, sent again."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.scoring.republish import REPUBLISH
from services.scoring.schemes import usecases
from services.scoring.tiers.schemas import TiersScheme
from shared.contracts.scoring import SchemePublished
from shared.errors import NotFound
from shared.messaging.republish import Selection

Published = Callable[..., Sequence[Any]]

pytestmark = pytest.mark.capability("C-22")


@pytest.fixture
def scoring(session_of: Callable[[str], Session]) -> Session:
    return session_of("scoring")


def test_versions_count_through_all_kinds_and_each_is_told(
    scoring: Session, now: datetime, published: Published
) -> None:
    first = usecases.publish(scoring, "lifecycle", {"recovered_days": 60}, "staff", now)
    second = usecases.publish(scoring, "tiers", TiersScheme().model_dump(mode="json"), "staff", now)
    third = usecases.publish(scoring, "lifecycle", {"recovered_days": 30}, "staff", now)
    assert [one.scheme_version - first.scheme_version for one in (first, second, third)] == [0, 1, 2]
    versions = {kind: one.scheme_version for kind, one in usecases.in_force(scoring).items()}
    assert (versions["lifecycle"], versions["tiers"]) == (third.scheme_version, second.scheme_version)
    before = usecases.before(scoring, third)
    assert before is not None
    assert before.content == {"recovered_days": 60}
    seeded = usecases.before(scoring, first)
    assert seeded is not None
    assert (seeded.cause, usecases.before(scoring, seeded)) == ("seed", None)
    events = published(scoring, SchemePublished)[-3:]
    assert [(one.subject, one.version) for one in events] == [
        ("scheme/lifecycle", first.scheme_version),
        ("scheme/tiers", second.scheme_version),
        ("scheme/lifecycle", third.scheme_version),
    ]
    assert [(one.tier, one.titles.zh) for one in events[1].tiers][:2] == [("member", "会员"), ("silver", "银卡会员")]
    assert events[0].tiers == []


def test_what_is_in_force_can_be_sent_again(scoring: Session, now: datetime, published: Published) -> None:
    for days in (60, 30):
        usecases.publish(scoring, "lifecycle", {"recovered_days": days}, "staff", now)
    usecases.publish(scoring, "tiers", TiersScheme().model_dump(mode="json"), "staff", now)
    page: list[Any] = list(REPUBLISH[SchemePublished](scoring, Selection(None, None, None, 10)))
    assert [one.scheme_kind for one in page] == [
        "criteria",
        "dimensions",
        "lifecycle",
        "promotions",
        "tiers",
        "warnings",
    ]
    assert [page[2], page[4]] == published(scoring, SchemePublished)[-2:]
    assert list(REPUBLISH[SchemePublished](scoring, Selection(None, None, "lifecycle", 10))) == page[3:]


def test_a_version_that_never_was_is_not_found(scoring: Session) -> None:
    assert usecases.current(scoring, "bands") is None
    with pytest.raises(NotFound):
        usecases.get(scoring, "bands", 1)
