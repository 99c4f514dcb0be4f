"""docs/segments.md says what the compiler does."""

import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.profile.fields.schemas import OPERATORS
from services.profile.segments.language.fields import field_of
from services.profile.segments.language.rules import read, vocabulary
from services.profile.segments.language.schemas import DEPTH, NODES, VALUES

pytestmark = pytest.mark.capability("C-06")
PAGE = (Path(__file__).parents[3] / "docs" / "segments.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, flags=re.DOTALL)
ROWS = {
    row[0]: row for row in re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", PAGE, flags=re.MULTILINE)
}
PARAMETERS = {"consent.<purpose>": "consent.<name>", "dimension.<code>": "", "attribute.<key>": ""}


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_rule(example: str) -> None:
    assert read(json.loads(example), ZoneInfo("Asia/Shanghai"))


def test_the_page_has_examples_enough() -> None:
    assert len(EXAMPLES) >= 6


def test_every_field_stands_on_the_page_with_its_type_and_window_and_no_other_does() -> None:
    known = {one.field: f"{one.type}{' ⧗' if one.window else ''}" for one in vocabulary(())}
    told = {PARAMETERS.get(name, name): row[1] for name, row in ROWS.items()}
    assert told.pop("") in ("code", "as declared")
    assert told == known
    assert all(field_of(name.replace("<key>", "x").replace("<code>", "x").replace("<purpose>", "x")) for name in ROWS)


def test_every_operator_and_every_limit_stands_on_the_page() -> None:
    for kind, operators in OPERATORS.items():
        assert f"| {kind.value} | {', '.join(f'`{one}`' for one in operators)} |" in PAGE
    assert f"At most {DEPTH} levels, {NODES} nodes and {VALUES:,} values" in PAGE
    assert all(f"`{one.name}`" in PAGE for field in vocabulary(()) for one in field.where)
