"""A database that a test used is fresh again for the next one, or gone."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import make_url

from shared.testing.databases import Databases
from shared.testing.stack import Infrastructure

OUTBOX = "INSERT INTO outbox (topic, key, event_id, headers, payload) VALUES ('t', 'k', gen_random_uuid(), '{}', '')"
STATE = [
    *("TABLE channel ORDER BY kind", "TABLE calendar ORDER BY code", "TABLE retention_rule ORDER BY name"),
    *("SELECT count(*) FROM calendar_day", "SELECT count(*) FROM outbox", "SELECT nextval('outbox_id_seq')"),
]


@pytest.fixture
def databases(infrastructure: Infrastructure, run_id: str) -> Iterator[Databases]:
    """Databases of this test alone, so that it knows which comes next."""
    made = Databases(infrastructure.postgres_url, f"{run_id}_own")
    yield made
    made.drop_all()


def state(url: str) -> list[list[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        return [connection.execute(question.encode()).fetchall() for question in STATE]


def use(url: str, *statements: str) -> None:
    with psycopg.connect(url) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_rows_seeds_and_numbers_are_as_they_were(databases: Databases) -> None:
    used = databases.clone("engagement")
    before = state(used)
    for _ in range(2):
        use(used, OUTBOX, "DELETE FROM calendar_day", "UPDATE channel SET enabled = NOT enabled")
        use(used, "DELETE FROM retention_rule", "UPDATE calendar SET name = 'another'")
        databases.give_back("engagement", used)
        used = databases.clone("engagement")
        assert state(used) == before


def test_a_database_whose_tables_changed_is_not_given_to_anybody(databases: Databases) -> None:
    used = databases.clone("engagement")
    use(used, "ALTER TABLE outbox ADD COLUMN more text", "CREATE TABLE another (id int)")
    databases.give_back("engagement", used)
    with psycopg.connect(databases.clone("engagement")) as connection:
        assert connection.execute("SELECT to_regclass('another')").fetchone() == (None,)
        assert "more" not in [column.name for column in connection.execute("TABLE outbox").description or ()]


def test_who_still_holds_a_connection_loses_it_and_does_not_come_back(databases: Databases) -> None:
    used = databases.clone("engagement")
    with pytest.raises(psycopg.OperationalError), psycopg.connect(used) as forgotten:
        databases.give_back("engagement", used)
        forgotten.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError), psycopg.connect(used):
        pass
    assert make_url(databases.clone("engagement")).database != make_url(used).database
