"""Files and functions stay small: the limits of the house, held by a test from the first day."""

import math
from statistics import median

from tests.architecture.source import sources


def _p95(values: list[int]) -> int:
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def test_files_stay_small() -> None:
    sizes = {source.path: source.lines for source in sources() if source.lines > 3}
    assert median(sizes.values()) <= 100
    assert _p95(list(sizes.values())) <= 250
    assert {path: lines for path, lines in sizes.items() if lines > 400} == {}


def test_functions_stay_short() -> None:
    sizes = {
        f"{source.path}:{function.lineno} {function.name}": function.end_lineno - function.lineno + 1
        for source in sources()
        for function in source.functions()
        if function.end_lineno is not None
    }
    assert median(sizes.values()) <= 10
    assert _p95(list(sizes.values())) <= 35
    assert {name: lines for name, lines in sizes.items() if lines > 60} == {}
