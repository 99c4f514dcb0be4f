"""The core of the statistics once more, for engines that read files: beyond one machine, or as a second opinion.

Written once in Ibis (extra `batch`) and run by DuckDB over Parquet files, or by Spark where that is there already.
What goes in are the tables `order_fact` and `customer_ref` as files, with ids as text; what comes out are the columns
of `statistics` that orders alone decide. Days, hours and months are those of the zone that the connection was made for.
"""

from pathlib import Path
from typing import Any

import ibis
from ibis import BaseBackend, Table, _


def on_duckdb(zone: str) -> BaseBackend:
    """A DuckDB of its own whose days are those of a zone."""
    engine = ibis.duckdb.connect()
    engine.raw_sql(f"SET TimeZone = '{zone}'")
    return engine


def on_spark(session: Any, zone: str) -> BaseBackend:
    """A Spark session that is there already; its days become those of a zone."""
    engine = ibis.pyspark.connect(session)
    session.conf.set("spark.sql.session.timeZone", zone)  # connecting sets it to UTC
    return engine


def write(engine: BaseBackend, orders: Path, refs: Path, target: Path) -> None:
    """Read Parquet files of orders and of links, and write one of statistics."""
    core(engine.read_parquet(str(orders)), engine.read_parquet(str(refs))).to_parquet(str(target))


def core(orders: Table, refs: Table) -> Table:
    """One row for each canonical customer who has a counted order."""
    counted = _counted(orders, refs)
    return _sums(counted).join(_rhythm(counted), "customer_id")


def week(orders: Table, refs: Table) -> Table:
    """Orders by hour of the week: 0 = Monday from midnight."""
    hour = (_.placed_at.day_of_week.index() * 24 + _.placed_at.hour()).cast("int64")
    return _counted(orders, refs).group_by(_.customer_id, hour=hour).agg(orders=_.count())


def _counted(orders: Table, refs: Table) -> Table:
    """Counted orders under the canonical id of who placed them."""
    own = orders.filter(_.counted & ~_.test).join(refs, "customer_id")
    return own.select(
        *("placed_at", "subtotal", "discount", "net", "units", "coupons"),
        customer_id=_.canonical_id,
        day=_.placed_at.date(),
        promoted=(_.discount > 0) | (_.coupons > 0),
    )


def _sums(counted: Table) -> Table:
    def ratio(part: Any, whole: Any) -> Any:
        return part.cast("float64") / whole.cast("float64").nullif(0)

    net = _.net.cast("float64")
    return counted.group_by("customer_id").agg(
        orders=_.count(),
        first_order_at=_.placed_at.min(),
        last_order_at=_.placed_at.max(),
        first_order_on=_.day.min(),
        last_order_on=_.day.max(),
        net_spend=_.net.sum(),
        average_order_value=net.mean(),
        order_value_sd=net.std(how="sample"),
        discount=_.discount.sum(),
        discount_share=ratio(_.discount.sum(), _.subtotal.sum()),
        coupon_orders=_.count(where=_.coupons > 0),
        promotion_share=ratio(_.count(where=_.promoted), _.count()),
        full_price_share=ratio(_.net.sum(where=~_.promoted).fill_null(0), _.net.sum()),
        units=_.units.sum(),
        units_per_order=ratio(_.units.sum(), _.count()),
    )


def _rhythm(counted: Table) -> Table:
    days = counted.select("customer_id", "day").distinct()
    before = days.day.lag().over(group_by=days.customer_id, order_by=days.day)
    gaps = days.mutate(gap=days.day.delta(before, unit="day").cast("float64"))
    return gaps.group_by("customer_id").agg(
        order_days=_.count(),
        active_months=_.day.truncate("M").nunique(),
        gap_mean=_.gap.mean(),
        gap_sd=_.gap.std(how="sample"),
    )
