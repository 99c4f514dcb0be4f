"""HTTP rows: single orders, batches, and what the gateway costs."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import mean

import orjson

from deploy.local.waiting import answers
from shared.auth.tokens import mint
from shared.settings import Settings
from shared.testing.waiting import wait_until
from tests.load.base import settle
from tests.load.client import load, request
from tests.load.orders import orders
from tests.load.rows import Row, compared
from tests.stack import Stack, free_port

Requests = Callable[[], Iterator[bytes]]
Lane = tuple[str, Requests]  # where to, and what to send
ROUNDS = 3
JSON = {"content-type": "application/json"}


@contextmanager
def baseline(stack: Stack) -> Iterator[str]:
    """The baseline server, on the profile database of the deployment."""
    port = free_port()
    environment = {"BASELINE_DATABASE_URL": stack.databases["profile"], "GUANXI_HTTP_PORT": str(port)}
    server = subprocess.Popen([sys.executable, "-m", "tests.load.baselines"], env={**os.environ, **environment})
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(f"{url}/openapi.json"), timeout=20)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def direct(stack: Stack) -> dict[str, str]:
    """Headers for a service itself: the internal token that the gateway would mint, valid for a minute."""
    settings = Settings(env="development", profile_internal_secret_file=stack.home / "secrets" / "profile_internal.key")
    return {"authorization": f"Bearer {mint(settings, 'profile', subject='bench', kind='api_key', scopes=('admin',))}"}


def through(stack: Stack) -> dict[str, str]:
    """Headers for the gateway."""
    return {"authorization": f"Bearer {stack.admin_key}"}


def posts(url: str, headers: dict[str, str], size: int = 0) -> Requests:
    """Endless posts of fresh orders; `size` orders a body, or one plain one. Connections draw their own customers."""
    seeds = itertools.count(os.getpid())

    def requests() -> Iterator[bytes]:
        bodies = orders(seed=next(seeds))
        while True:
            body = {"items": list(itertools.islice(bodies, size))} if size else next(bodies)
            yield request("POST", url, orjson.dumps(body), headers)

    return requests


def gets(url: str, headers: dict[str, str]) -> Requests:
    """The same GET for ever."""
    return lambda: itertools.repeat(request("GET", url, headers=headers))


def in_turn(stack: Stack, lanes: Sequence[Callable[[], Lane]], connections: int, seconds: float) -> tuple[float, ...]:
    """The mean rate of each load, three times one after the other: the same machine is faster or slower by the minute.

    A lane is made when its turn comes, because a token for a service lives for a minute only.
    """
    rates: list[list[float]] = [[] for _ in lanes]
    for _ in range(ROUNDS):
        for lane, found in zip(lanes, rates, strict=True):
            settle(stack)
            url, requests = lane()
            found.append(load(url, requests, connections, seconds).rate)
    return tuple(mean(found) for found in rates)


def singles(stack: Stack, seconds: float) -> Iterator[Row]:
    """Single orders over 8 and 32 connections, straight to profile and through the gateway."""
    profile = stack.services["profile"]
    with baseline(stack) as bare:
        lanes = (
            lambda: (bare, posts(f"{bare}/single", {})),
            lambda: (profile, posts(f"{profile}/v1/orders", direct(stack))),
            lambda: (stack.gateway, posts(f"{stack.gateway}/v1/orders", through(stack))),
        )
        for connections in (8, 32):
            rate, straight, gateway = in_turn(stack, lanes, connections, seconds)
            yield compared(f"single order, {connections} connections, direct", straight, rate, "requests/s", "≥ 0.6")
            yield compared(f"single order, {connections} connections, gateway", gateway, rate, "requests/s", "≥ 0.45")


def batches(stack: Stack, seconds: float) -> Iterator[Row]:
    """Batches of 100 orders through the gateway."""
    with baseline(stack) as bare:
        lanes = (
            lambda: (bare, posts(f"{bare}/batch", {}, 100)),
            lambda: (stack.gateway, posts(f"{stack.gateway}/v1/orders/batch", through(stack), 100)),
        )
        theirs, ours = (rate * 100 for rate in in_turn(stack, lanes, 4, seconds))
        yield compared("HTTP batch of 100 orders, through the gateway", ours, theirs, "orders/s", "≥ 0.2")


def hops(stack: Stack, seconds: float) -> Iterator[Row]:
    """The same request with and without the gateway in between."""
    profile = stack.services["profile"]
    with stack.client() as client:
        customer = client.post("/v1/orders", json=next(orders(7))).raise_for_status().json()["customer_id"]
    path = f"/v1/customers/{customer}"
    lanes = (
        lambda: (profile, gets(profile + path, direct(stack))),
        lambda: (stack.gateway, gets(stack.gateway + path, through(stack))),
        lambda: (profile, posts(f"{profile}/v1/orders", direct(stack))),
        lambda: (stack.gateway, posts(f"{stack.gateway}/v1/orders", through(stack))),
    )
    read, read_through, write, write_through = in_turn(stack, lanes, 8, seconds)
    yield compared("gateway hop, GET /customers/{id}, 8 connections", read_through, read, "requests/s", "≥ 0.75")
    yield compared("gateway hop, POST /orders, 8 connections", write_through, write, "requests/s", "≥ 0.75")
