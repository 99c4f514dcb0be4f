"""How tests are drawn and spread; the fixtures that all share are in shared.testing.plugin."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ONE_STACK = Path(__file__).parent / "e2e"

# The same examples on every machine and run, and none failed for the machine's mood.
settings.register_profile(
    "guanxi",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("guanxi")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what shares fixtures in one process: a module together, and everything that walks through one deployment."""
    for item in items:
        together = "stack" if item.path.is_relative_to(ONE_STACK) else str(item.path)
        item.add_marker(pytest.mark.xdist_group(together))
