"""What scoring writes as the rule of a segment is read by profile, whose language it is."""

from itertools import product
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from services.profile.segments.language.rules import read
from services.profile.segments.language.schemas import Leaf, walk
from services.scoring.clusters.descriptions import rules as clusters
from services.scoring.clusters.fields import TOLD
from services.scoring.estimators.descriptions import Condition, Op
from services.scoring.targets import rules as targets
from services.scoring.targets.fields import NOW, THEN, Field, node
from services.scoring.targets.rules import Cases

pytestmark = [pytest.mark.capability("C-19"), pytest.mark.capability("C-20")]
ZONE = ZoneInfo("Asia/Shanghai")
LONGEST = 3_650.0  # days that H may have
OPERATORS: tuple[Op, ...] = ("at_most", "more_than")


def thresholds(field: Field) -> tuple[float, ...]:
    """Where a tree may cut: between two values, the unknown one below all others among them."""
    if field.unit == "level":
        return (0.5, 1.5, 2.5)
    return (0.0, 0.5, 11.0, 1234.5678901234567, *((-0.5,) if field.gaps else ()))


@pytest.mark.parametrize("field", [*THEN, *NOW], ids=lambda one: one.name)
def test_each_condition_of_a_tree_asks_what_segments_can_be_asked(field: Field) -> None:
    for op, value, horizon in product(OPERATORS, thresholds(field), (7.0, LONGEST)):
        found = read(node(field, Condition(field.name, op, value), horizon), ZONE)
        asked = {one.measure.name for one in walk(found) if isinstance(one, Leaf)}
        assert {name.split(".")[0] for name in asked} == {field.segment.split(".")[0]}


@pytest.mark.parametrize("fields", [THEN, NOW], ids=["outcome", "level"])
def test_the_leaves_of_a_grown_tree_can_be_saved_as_segments(fields: tuple[Field, ...]) -> None:
    random = np.random.default_rng(3)
    table = np.floor(random.gamma(2.0, 3.0, (600, len(fields))))
    for at, field in enumerate(fields):
        table[:, at] = table[:, at] % 4 if field.unit == "level" else table[:, at] - field.gaps
    outcome = (table[:, 0] > 5) ^ (table[:, -1] > 2) ^ (table[:, 4] > 6)
    leaves = targets.tree(Cases("churned", fields, table, outcome, 91.0))
    assert len(leaves) > 3
    for leaf in leaves:
        read(leaf["rule"], ZONE)


def test_the_leaves_of_a_cluster_and_the_cluster_itself_can_be_saved_as_segments() -> None:
    conditions = [{"field": name, "op": op, "value": 11.5} for name, op in product(TOLD, OPERATORS)]
    for some in ([], *([one] for one in conditions), conditions):
        read(clusters.leaf_rule({"conditions": some}), ZONE)
    read(clusters.exact("frequent_big_basket_2"), ZONE)
