"""The statistics of orders once more, for engines that read files: beyond one machine, or as a second opinion.

Written once in Ibis (extra `batch`) and run by DuckDB over Parquet files, or by Spark where that is there already.
What goes in are the tables `order_fact`, `customer_ref` and `product_fact` as files, with ids as text and lines as
structs; what comes out are the columns of `statistics` that orders decide. Days, hours and months are those of the zone
that the connection was made for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
from ibis import BaseBackend, Table, _

Periods = Sequence[tuple[date, date]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Orders, links and products, and the periods of promotions: first and last day of each."""

    orders: Table
    refs: Table
    products: Table
    periods: Periods = ()


@dataclass(frozen=True, slots=True)
class Files:
    """The same as Parquet files."""

    orders: Path
    refs: Path
    products: Path

    def on(self, engine: BaseBackend, periods: Periods = ()) -> Facts:
        """As an engine reads them."""
        orders, refs, products = (engine.read_parquet(str(one)) for one in (self.orders, self.refs, self.products))
        return Facts(orders, refs, products, periods)


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


def core(facts: Facts) -> Table:
    """One row for each canonical customer who has a counted order."""
    counted = _counted(facts)
    bought = _lines(counted, facts.products)
    found = _sums(counted).join(_rhythm(counted), "customer_id")
    for part in (_costing(bought), _categories(bought), _brands(bought)):
        found = found.left_join(part, "customer_id").drop("customer_id_right")
    nothing = dict.fromkeys(("lines", "costed_sales", "margin", "categories", "brands"), 0)
    return found.fill_null(nothing).mutate(lines_per_order=_ratio(_.lines, _.orders))


def week(facts: Facts) -> Table:
    """Orders by hour of the week: 0 = Monday from midnight."""
    hour = (_.placed_at.day_of_week.index() * 24 + _.placed_at.hour()).cast("int64")
    return _counted(facts).group_by(_.customer_id, hour=hour).agg(orders=_.count())


def _counted(facts: Facts) -> Table:
    """Counted orders under the canonical id of who placed them."""
    own = facts.orders.filter(_.counted & ~_.test).join(facts.refs, "customer_id")
    day = own.placed_at.date()
    return own.select(
        *("placed_at", "subtotal", "discount", "net", "units", "coupons", "lines"),
        customer_id=_.canonical_id,
        day=day,
        reduced=(_.discount > 0) | (_.coupons > 0),
        in_period=ibis.or_(*(day.between(first, last) for first, last in facts.periods)),
    )


def _sums(counted: Table) -> Table:
    net = _.net.cast("float64")
    return counted.group_by("customer_id").agg(
        orders=_.count(),
        first_order_at=_.placed_at.min(),
        last_order_at=_.placed_at.max(),
        first_order_on=_.day.min(),
        last_order_on=_.day.max(),
        net_spend=_.net.sum(),
        average_order_value=net.mean(),
        median_order_value=net.quantile(0.5),
        order_value_p90=net.quantile(0.9),
        order_value_sd=net.std(how="sample"),
        discount=_.discount.sum(),
        discount_share=_ratio(_.discount.sum(), _.subtotal.sum()),
        coupon_orders=_.count(where=_.coupons > 0),
        promotion_share=_ratio(_.count(where=_.reduced | _.in_period), _.count()),
        full_price_share=_ratio(_.net.sum(where=~_.reduced).fill_null(0), _.net.sum()),
        units=_.units.sum(),
        units_per_order=_ratio(_.units.sum(), _.count()),
    )


def _rhythm(counted: Table) -> Table:
    days = counted.select("customer_id", "day").distinct()
    before = days.day.lag().over(group_by=days.customer_id, order_by=days.day)
    gaps = days.mutate(gap=days.day.delta(before, unit="day").cast("float64"))
    return gaps.group_by("customer_id").agg(
        order_days=_.count(),
        active_months=_.day.truncate("M").nunique(),
        gap_mean=_.gap.mean(),
        gap_median=_.gap.quantile(0.5),
        gap_sd=_.gap.std(how="sample"),
    )


def _lines(counted: Table, products: Table) -> Table:
    """The lines of counted orders, with the cost of a unit: the order's own, else the catalogue's."""
    line = counted.select("customer_id", line=_.lines.unnest()).unpack("line")
    numbers = ("net", "quantity", "refunded_quantity")
    amounts = {name: _[name].cast("float64") for name in numbers} | {"own_cost": _.unit_cost.cast("float64")}
    known = line.select("customer_id", "sku", "category", "brand", **amounts)
    listed = products.select("sku", listed_cost=_.unit_cost.cast("float64"))
    costed = known.left_join(listed, "sku")
    return costed.select(
        *("customer_id", "category", "brand", "net"),
        cost=_.own_cost.coalesce(_.listed_cost),
        kept=_.quantity - _.refunded_quantity,
    )


def _costing(bought: Table) -> Table:
    costed = _.cost.notnull()
    return bought.group_by("customer_id").agg(
        lines=_.count(),
        costed_sales=_.net.sum(where=costed),
        margin=(_.net - _.cost * _.kept).sum(where=costed),
    )


def _categories(bought: Table) -> Table:
    """How many, and the one of most lines; of two the one on which more was spent, then by name."""
    known = bought.filter(_.category.notnull())
    sums = known.group_by("customer_id", "category").agg(lines=_.count(), net=_.net.sum())
    order = [sums.lines.desc(), sums.net.desc(), sums.category]
    place = ibis.row_number().over(group_by=sums.customer_id, order_by=order)
    return (
        sums.mutate(place=place)
        .group_by("customer_id")
        .agg(categories=_.count(), main_category=_.category.max(where=_.place == 0))
    )


def _brands(bought: Table) -> Table:
    """How many, and how far the spend is concentrated on one."""
    sums = bought.filter(_.brand.notnull()).group_by("customer_id", "brand").agg(net=_.net.sum())
    return sums.group_by("customer_id").agg(
        brands=_.count(), brand_concentration=_ratio((_.net * _.net).sum(), _.net.sum() * _.net.sum())
    )


def _ratio(part: Any, whole: Any) -> Any:
    return part.cast("float64") / whole.cast("float64").nullif(0)
