"""Products for tests: a plain one to change, and any that a shop could write."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from services.profile.products.schemas import NewProduct

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)


def product(sku: str = "tea-01", **fields: Any) -> NewProduct:
    """A tea for 50.00, with other fields where given."""
    return NewProduct.model_validate(
        {"sku": sku, "titles": {"zh": "龙井茶"}, "category": "tea", "price": "50.00"} | fields
    )


def period(begin: datetime, end: datetime | None, price: Any) -> dict[str, Any]:
    return {"price": price, "valid_from": begin, "valid_until": end}


amounts = st.decimals(0, 5000, places=2)
instants = st.integers(0, 500).map(lambda minutes: NOON + timedelta(minutes=minutes))


@st.composite
def price_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Periods that do not overlap, some of them touching, the last one perhaps without an end, in any order."""
    times = sorted(draw(st.sets(instants, max_size=8)))
    kept = draw(st.lists(st.booleans(), min_size=len(times), max_size=len(times)))
    spans = [span for span, keep in zip(pairwise(times), kept, strict=False) if keep]
    found = [period(begin, end, draw(amounts)) for begin, end in spans]
    if times and kept[-1]:
        found.append(period(times[-1], None, draw(amounts)))
    return draw(st.permutations(found))
