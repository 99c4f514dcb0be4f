"""Whatever a table holds of a customer is erased, blanked or kept on purpose: nothing is forgotten to be forgotten."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from shared.crypto import Secret
from shared.db import SharedBase
from shared.holdings import SHARED, Fate, Holding
from shared.traces import SEARCHED
from tests.architecture.test_tables import metadata_of

SERVICES = ("profile", "scoring", "engagement")
# What every service keeps of everybody: which ids are one person and which were erased.
LINKS = {"customer_ref", "erasure_answer"}
# Secret columns that hold nothing of customers, with what they hold.
FILE = "a whole file, from which the rows of who is erased are taken"
OURS = {
    "region_strategy.note": "of a region",
    "manager.name": "of staff",
    "corrective_action.note": "of what was put right",
    "improvement_action.note": "of what was made better",
    "source_secret.secret": "of the merchant's shops",
    "channel.credentials": "of the merchant's accounts at providers",
    "alert_route.target": "of staff",
    "import_piece.content": FILE,
    "import.header": FILE,
    "import.mapping": FILE,
}


def holdings_of(service: str) -> tuple[Holding, ...]:
    declared: tuple[Holding, ...] = import_module(f"services.{service}.holdings").HOLDINGS
    return (*SHARED, *declared)


def searched_in(service: str) -> set[str]:
    unsorted = getattr(import_module(f"services.{service}.holdings"), "UNSORTED", ())
    return {one.table.name for one in (*SEARCHED, *unsorted)}


def files_of(service: str) -> set[str]:
    """Columns with uploaded files, from which rows are taken."""
    columns = getattr(import_module(f"services.{service}.holdings"), "FILES", ())
    return {f"{one.class_.__tablename__}.{one.key}" for one in columns}


def tables_of(service: str) -> Iterator[Any]:
    yield from metadata_of(service).sorted_tables
    yield from SharedBase.metadata.sorted_tables


@pytest.mark.capability("C-09")
@pytest.mark.parametrize("service", SERVICES)
def test_every_table_about_a_customer_has_a_declared_fate(service: str) -> None:
    about = {table.name for table in tables_of(service) if "customer_id" in table.c}
    undeclared = about - LINKS - {one.name for one in holdings_of(service)}
    assert undeclared == set(), f"declare them in services/{service}/holdings.py"


@pytest.mark.capability("C-09")
@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_survives_an_erasure(service: str) -> None:
    gone = {one.name for one in holdings_of(service) if one.fate is Fate.DELETED} | searched_in(service)
    blank = {f"{one.name}.{name}" for one in holdings_of(service) for name in one.blank}
    secrets = {f"{t.name}.{c.name}" for t in tables_of(service) for c in t.columns if isinstance(c.type, Secret)}
    left = {one for one in secrets - files_of(service) if one.split(".")[0] not in gone and one not in {*blank, *OURS}}
    assert left == set(), f"declare them in services/{service}/holdings.py"


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_kept_says_why(service: str) -> None:
    assert [one.name for one in holdings_of(service) if one.fate is not Fate.DELETED and not one.why] == []
