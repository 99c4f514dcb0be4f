"""The names that templates may use, and what checking and rendering speak in."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Shape: TypeAlias = "dict[str, Shape] | list[Shape] | None"
Block = Literal["order", "coupon", "points", "survey", "case", "products"]

ALWAYS: dict[str, Shape] = {
    "customer": {"name": None, "number": None, "tier": None},
    "merchant": {"name": None, "url": None},
    "links": {"preferences": None, "unsubscribe": None},
    "occasion": {"kind": None, "day": None, "years": None},
    "today": None,
}
UNBUILT: tuple[Block, ...] = ("coupon", "points")
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

MONEY = {"amount": "128.00", "currency": "CNY"}
INSTANT = "2026-01-05T09:30:00+00:00"
# What every name may stand for, in the shapes above: a template is tried with this before anybody is sent it.
EXAMPLES: dict[str, Any] = {
    "customer": {"name": "Ada", "number": "C-1001", "tier": "gold"},
    "merchant": {"name": "Shop", "url": "https://shop.example"},
    "links": {"preferences": "https://shop.example/p", "unsubscribe": "https://shop.example/u"},
    "occasion": {"kind": "birthday", "day": "2026-01-05", "years": 3},
    "today": "2026-01-05",
    "order": {
        "number": "S-1001",
        "placed_at": INSTANT,
        "total": MONEY,
        "lines": [{"title": "Tea", "quantity": "1", "net": MONEY}] * 3,
    },
    "coupon": {"code": "TEA10", "title": "10 % off", "until": INSTANT},
    "points": {"available": 120, "expiring": 20, "expires_on": "2026-01-31"},
    "survey": {"url": "https://shop.example/s", "until": INSTANT},
    "case": {"number": "K-1001", "status": "open", "due_at": INSTANT},
    "products": [{"sku": "tea", "title": "Tea", "price": MONEY, "url": "https://shop.example/tea"}] * 3,
}
EXAMPLE_VALUES: dict[str, Any] = {"string": "1", "number": 1, "boolean": True}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a template: a field code and a sentence."""

    code: str
    message: str


class TemplateFailed(Exception):
    """A template ran into a limit or met a value it cannot take. Says which error, never which value."""


class PastLimit(TemplateFailed):
    """A template loops for too long or writes too much."""
