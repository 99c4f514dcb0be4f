"""Nothing is kept that nobody uses."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.source import ROOT, Source, sources

# What is found by its name, or by being there.
BY_NAME = {
    "deploy/local/orderlog/cdnow.py LOG",
    "deploy/local/orderlog/completejourney.py LOG",
    "services/profile/customers/tables.py CustomerNumber",
    "services/profile/holdings.py FILES",
}


def test_whatever_a_module_defines_is_used() -> None:
    tests = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "tests").rglob("*.py")]
    taken = _taken([*(source.tree for source in sources()), *tests])
    assert {f"{source.path} {name}" for source in sources() for name in _unused(source, taken)} == BY_NAME


def _unused(source: Source, taken: dict[str, set[str]]) -> set[str]:
    module = source.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    read = {one.id for one in ast.walk(source.tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    return {*_defined(source)} - read - taken[module] - {"__all__", "_"}


def _defined(source: Source) -> Iterator[str]:
    """What a module defines at its top, but for what a decorator takes."""
    for node in source.tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list:
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            names = (one for one in ast.walk(node) if isinstance(one, ast.Name))
            yield from (one.id for one in names if isinstance(one.ctx, ast.Store))


def _taken(trees: list[ast.Module]) -> dict[str, set[str]]:
    """By module: the names that others import, or reach by way of the module."""
    found: dict[str, set[str]] = defaultdict(set)
    for tree in trees:
        modules: dict[str, str] = {}
        reached = []
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module:
                found[node.module].update(one.name for one in node.names)
                modules |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                reached.append((node.value.id, node.attr))
        for name, attribute in reached:
            found[modules.get(name, "")].add(attribute)
    return found
