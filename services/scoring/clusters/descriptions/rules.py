"""From a cluster to conditions that people can read and segments can use. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.scoring.clusters.fields import FIELDS, TOLD, Name, columns
from services.scoring.clusters.schemas import DescriptionOut
from services.scoring.estimators.catalogue import Bools
from services.scoring.estimators.descriptions import Condition, Leaf, describe
from services.scoring.estimators.histories import Floats
from services.scoring.schemes.schemas import Titles

MOST_LEAVES = 3
SMALL = 0.2  # of the cluster or of the others: a smaller leaf says little about them
DIGITS = 4
BUYERS = {"field": "orders.count", "op": "at_least", "value": 1}
Plain = Mapping[str, Any]
# What the words of codes are for people, zh and en.
WORDS: Mapping[str, tuple[str, str]] = {
    "rare": ("低频", "rare"),
    "frequent": ("高频", "frequent"),
    "small_basket": ("小额单", "small basket"),
    "big_basket": ("大额单", "big basket"),
    "recent": ("近期购买", "recent"),
    "silent": ("久未购买", "silent"),
    "young": ("新客", "new"),
    "long_known": ("老客", "long known"),
    "low_spend": ("低消费", "low spend"),
    "high_spend": ("高消费", "high spend"),
    "full_price": ("正价购买", "full price"),
    "bargain": ("偏爱折扣", "bargain"),
    "single_minded": ("专注品类", "single-minded"),
    "versatile": ("多品类", "versatile"),
    "typical": ("普通", "typical"),
}
WORD = re.compile("|".join(sorted(WORDS, key=len, reverse=True)))
# By field and side, zh and en.
PHRASES: Mapping[tuple[Name, str], tuple[str, str]] = {
    ("frequency", "more_than"): ("订单多于 {} 笔", "more than {} orders"),
    ("frequency", "at_most"): ("订单不超过 {} 笔", "at most {} orders"),
    ("order_value", "more_than"): ("平均每单高于 {}", "more than {} an order"),
    ("order_value", "at_most"): ("平均每单不超过 {}", "at most {} an order"),
    ("recency", "more_than"): ("已 {} 天未下单", "no order for {} days"),
    ("recency", "at_most"): ("近 {} 天内下过单", "an order within {} days"),
    ("age", "more_than"): ("首单在 {} 天以前", "first order {} days ago or earlier"),
    ("age", "at_most"): ("首单在近 {} 天内", "first order within {} days"),
    ("spend", "more_than"): ("累计消费高于 {}", "spent more than {}"),
    ("spend", "at_most"): ("累计消费不超过 {}", "spent at most {}"),
}


def leaves(rows: Floats, members: Bools) -> list[dict[str, Any]]:
    """The leaves of a shallow tree in which most buyers are members, the three largest, as plain JSON.

    Where there is none, the one with the largest share of members; none for a cluster without any.
    """
    if not members.any():
        return []
    share = float(members.mean())
    found = describe(columns(rows, TOLD), TOLD, members, smallest=SMALL * min(share, 1.0 - share))
    kept = [leaf for leaf in found if leaf.outcome] or [max(found, key=_purity)]
    return [_plain(leaf) for leaf in kept[:MOST_LEAVES]]


def coverage(some: Sequence[Plain], share: float) -> float:
    """Of a cluster with this share of all buyers, the part that is in its leaves."""
    return round(sum(leaf["share"] * leaf["purity"] for leaf in some) / share, DIGITS) if share else 0.0


def rule(some: Sequence[Plain]) -> dict[str, Any] | None:
    """The rule of a segment of all leaves; None without one."""
    each = [leaf_rule(leaf) for leaf in some]
    return each[0] if len(each) == 1 else {"any": each} if each else None


def leaf_rule(leaf: Plain) -> dict[str, Any]:
    """The rule of a segment of one leaf. It names buyers, for what is not known of others would count as 0."""
    return {"all": [BUYERS, *(_node(one) for one in leaf["conditions"])]}


def exact(code: str) -> dict[str, Any]:
    """The rule of a segment of everybody who is in a cluster."""
    return {"all": [{"field": "score.cluster", "op": "is", "value": code}]}


def titles(code: str) -> Titles:
    """A code in words: "frequent_big_basket_2" is "Frequent, big basket 2"."""
    said = [WORDS[word] for word in WORD.findall(code)]
    number = re.search(r"_(\d+)$", code)
    ending = f" {number[1]}" if number else ""
    zh, en = "、".join(one[0] for one in said), ", ".join(one[1] for one in said)
    return Titles(zh=zh + ending, en=en[:1].upper() + en[1:] + ending)


def told(some: Sequence[Plain], share: float) -> DescriptionOut:
    """How large a cluster is, and the conditions of its leaves."""
    of_all = f"{share:.0%}"
    if not some:
        return DescriptionOut(zh=f"占买家的 {of_all}", en=f"{of_all} of all buyers")
    zh, en = ([_said(leaf, language) for leaf in some] for language in (0, 1))
    either = f"{of_all} of all buyers; typically {'; or '.join(en)}"
    return DescriptionOut(zh=f"占买家的 {of_all}；多为{'；或'.join(zh)}", en=either)


def _said(leaf: Plain, language: int) -> str:
    phrases = [PHRASES[one["field"], one["op"]][language].format(_number(one)) for one in leaf["conditions"]]
    nothing = ("所有买家", "everybody")[language]
    return ("，", " and ")[language].join(phrases) or nothing


def _number(condition: Plain) -> str:
    shown = _days(condition) if FIELDS[condition["field"]].unit == "days" else condition["value"]
    return f"{shown:,.12g}"


def _node(condition: Plain) -> dict[str, Any]:
    """A condition in the words of segments: days that passed become a span of time."""
    field = FIELDS[condition["field"]]
    if field.unit != "days":
        return {"field": field.segment, "op": condition["op"], "value": _short(condition["value"])}
    within = {"field": field.segment, "op": "within_last", "value": {"days": _days(condition)}}
    return within if condition["op"] == "at_most" else {"not": within}


def _days(condition: Plain) -> int:
    """At most 29 whole days have passed while less than 30 have."""
    return int(condition["value"]) + 1


def _short(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _purity(leaf: Leaf) -> float:
    return leaf.purity if leaf.outcome else 1.0 - leaf.purity


def _plain(leaf: Leaf) -> dict[str, Any]:
    conditions = [_condition(one) for one in leaf.conditions]
    return {"conditions": conditions, "share": leaf.share, "purity": _purity(leaf)}


def _condition(one: Condition) -> dict[str, Any]:
    return {"field": one.field, "op": one.op, "value": one.value}
