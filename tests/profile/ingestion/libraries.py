"""The tracking libraries as shops install them, and a walk through a shop that they tell of."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import rudderstack.analytics.client
import segment.analytics.client

Library = Any


@contextmanager
def segment_python(host: str, key: str, errors: list[Any]) -> Iterator[Library]:
    """segment-analytics-python; what it could not deliver is in `errors`."""
    client = segment.analytics.client.Client(key, host=host, on_error=_noting(errors), max_retries=2)
    yield client
    client.shutdown()


@contextmanager
def segment_python_packed(host: str, key: str, errors: list[Any]) -> Iterator[Library]:
    """segment-analytics-python with gzip."""
    client = segment.analytics.client.Client(key, host=host, on_error=_noting(errors), max_retries=2, gzip=True)
    yield client
    client.shutdown()


@contextmanager
def rudder_python(host: str, key: str, errors: list[Any]) -> Iterator[Library]:
    """rudder-sdk-python; it packs by default."""
    client = rudderstack.analytics.client.Client(key, host=host, on_error=_noting(errors), max_retries=2)
    yield client
    client.shutdown()


LIBRARIES = (segment_python, segment_python_packed, rudder_python)


def walk(client: Library, run: str = "") -> None:
    """A visitor looks around, becomes known, buys, and one event is wrong. `run` tells walks on one stack apart."""
    user, visitor = f"u-77{run}", f"a-1{run}"
    client.page(anonymous_id=visitor, name="Home")
    client.track(anonymous_id=visitor, event="Product Viewed", properties={"category": "tea"})
    client.identify(user, {"name": "Li Lei", "email": f"lei{run}@example.com"}, anonymous_id=visitor)
    client.track(user, "Product Added", {"product_id": "t-1", "category": "tea"})
    client.track(user, "Order Completed", {"order_id": f"A-1{run}", "total": -1}, message_id=f"wrong{run}")
    client.track(user, "Order Completed", {"order_id": f"A-2{run}", "total": 59.9, "currency": "CNY"})
    client.screen(user, name="Thanks")
    client.group(user, "club", {"plan": "gold"})
    client.flush()


def _noting(errors: list[Any]) -> Any:
    return lambda error, batch: errors.append((repr(error), batch))
