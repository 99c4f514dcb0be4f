"""Examples of every type, one file each: what a consumer must be able to take, in any order and twice.

A state has at least two versions of a subject, another subject, a tie and, where customers are concerned, a link.
Inbound types are given as whole CloudEvents in structured mode.
"""

from pathlib import Path
from typing import Any, TypeVar

import orjson

from shared.contracts.base import Event

HERE = Path(__file__).parent

E = TypeVar("E", bound=Event)


def examples(event: type[E]) -> list[E]:
    """The examples of an event class."""
    return [event.model_validate(document) for document in documents(event.type)]


def documents(name: str) -> list[dict[str, Any]]:
    """The examples of a type as JSON documents."""
    found: list[dict[str, Any]] = orjson.loads((HERE / f"{name}.json").read_bytes())
    return found
