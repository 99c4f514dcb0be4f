"""Whom a refused body says it is about."""

from collections.abc import Iterator, Set
from typing import Any

from shared.errors import GuanxiError
from shared.web.bodies import parse_json

# As the doors call people: the native one names kind and value, tracking libraries and shops have keys of their own.
NAMES = frozenset(("userid", "anonymousid", "previousid", "customerid", "buyerid", "openid", "buyeropenid", "unionid"))
PEOPLE = frozenset(("customer", "buyer", "user", "fansinfo", "buyerinfo"))


def named(body: str) -> Set[str]:
    """The ids of people in a body; none where it is no JSON."""
    try:
        return set(_names(parse_json(body.encode()), ""))
    except GuanxiError:
        return frozenset()


def _names(value: Any, under: str) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _names(inner, under)
    elif isinstance(value, dict):
        for name, inner in value.items():
            key = name.casefold().replace("_", "")
            if isinstance(inner, dict | list):
                yield from _names(inner, key)
            elif key in NAMES or (key == "value" and "kind" in value) or (key == "id" and under in PEOPLE):
                yield str(inner)
