"""The names that templates may use, and what checking and rendering speak in."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Shape: TypeAlias = "dict[str, Shape] | list[Shape] | None"
Block = Literal["order", "coupon", "points", "survey", "case", "products"]

ALWAYS: dict[str, Shape] = {
    "customer": {"name": None, "number": None, "tier": None},
    "merchant": {"name": None, "url": None},
    "links": {"preferences": None, "unsubscribe": None},
    "occasion": {"kind": None, "day": None, "years": None},
    "today": None,
}
BLOCKS: dict[str, Shape] = {
    "order": {
        "number": None,
        "placed_at": None,
        "total": None,
        "lines": [{"title": None, "quantity": None, "net": None}],
    },
    "coupon": {"code": None, "title": None, "until": None},
    "points": {"available": None, "expiring": None, "expires_on": None},
    "survey": {"url": None, "until": None},
    "case": {"number": None, "status": None, "due_at": None},
    "products": [{"sku": None, "title": None, "price": None, "url": None}],
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a template: a field code and a sentence."""

    code: str
    message: str


class TemplateFailed(Exception):
    """A template ran into a limit or met a value it cannot take. Says which error, never which value."""
