"""Sources on a real database: stored once, however often they are named, and never only remembered."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select

from services.profile.sources.tables import Source
from services.profile.sources.usecases import meet
from shared.db import Database
from shared.testing.statements import statements


@pytest.fixture
def database(database_of: Callable[[str], Database]) -> Database:
    return database_of("profile")


def sources(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Source.code)))


@pytest.mark.capability("C-01")
def test_a_source_is_stored_when_it_is_met(database: Database, now: datetime) -> None:
    for codes in ({"shop"}, {"shop", "app"}):
        with database.transaction() as session:
            meet(session, codes, now)
    assert sources(database) >= {"shop", "app"}


def test_a_source_whose_first_report_was_rolled_back_is_stored_with_the_next(database: Database, now: datetime) -> None:
    with pytest.raises(InterruptedError), database.transaction() as session:
        meet(session, {"shop"}, now)
        raise InterruptedError
    with database.transaction() as session:
        meet(session, {"shop"}, now)
    assert "shop" in sources(database)


def test_a_known_source_costs_no_statement(database: Database, now: datetime) -> None:
    with database.transaction() as session:
        meet(session, {"shop"}, now)
    with database.transaction() as session, statements(session) as sent:
        meet(session, {"shop"}, now)
    assert sent == []
