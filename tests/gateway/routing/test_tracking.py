"""Where the key of a tracking request stands."""

import asyncio
import gzip
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from services.gateway.routing import tracking
from services.gateway.routing.bodies import OPENED_LIMIT
from shared.errors import Malformed, TooLarge

KEY = "gx_" + "0" * 32 + "_secret"


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(text.encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        (basic(KEY + ":"), ""),
        (basic(KEY), ""),
        (basic(KEY + ":"), "writeKey=other"),
        ({"authorization": f"Bearer {KEY}"}, ""),
        ({}, f"writeKey={KEY}"),
        (basic(":"), f"x=1&writeKey={KEY}"),
    ],
)
def test_the_key_is_found_outside_the_body(headers: dict[str, str], query: str) -> None:
    assert tracking.key_outside(headers, query) == KEY


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic %%%"}, {"authorization": "Bearer eyJ.other.token"}])
def test_no_key_outside_is_no_error(headers: dict[str, str]) -> None:
    assert tracking.key_outside(headers, "") is None


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_key_is_found_in_the_body_and_the_body_stays_as_it_came(pack: Callable[[bytes], bytes]) -> None:
    raw = pack(orjson.dumps({"writeKey": KEY, "batch": [{"writeKey": "decoy"}]}))
    assert asyncio.run(tracking.key_inside(raw)) == (KEY, raw)


@pytest.mark.parametrize("document", [{"batch": []}, {"writeKey": 5}, {"writeKey": None}])
def test_a_body_without_a_key_has_none(document: dict[str, Any]) -> None:
    assert asyncio.run(tracking.key_inside(orjson.dumps(document)))[0] is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"\x1f\x8bnonsense",
        gzip.compress(b'{"writeKey": "k"}', mtime=0)[:-6],
        b"[" * 10**6,
    ],
)
def test_an_unreadable_body_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        asyncio.run(tracking.key_inside(raw))


@pytest.mark.parametrize("raw", [b" " * (OPENED_LIMIT + 1), gzip.compress(b" " * (OPENED_LIMIT * 20))])
def test_a_body_is_opened_within_the_limit_only(raw: bytes) -> None:
    with pytest.raises(TooLarge):
        asyncio.run(tracking.key_inside(raw))


@pytest.mark.parametrize(
    ("query", "seen"), [("", ""), (f"writeKey={KEY}", ""), (f"a=1&writeKey={KEY}&b=", "a=1&b="), ("a=%20b", "a=%20b")]
)
def test_the_service_never_sees_the_key_in_the_query(query: str, seen: str) -> None:
    assert tracking.without_key(query) == seen
