"""Rules of the house that a reader cannot see from one file."""

import ast
import re

import pytest

from tests.architecture.source import ROOT, Source, sources

ROLES = {
    "api",
    "usecases",
    "rules",
    "repository",
    "parts",
    "schemas",
    "tables",
    "fields",
    "pages",
    "republish",
    "batch",
}
SERVICE_FILES = {
    *("__init__", "__main__", "app", "base", "worker", "ticks", "republish", "seeding", "jobs", "commands"),
    "holdings",
}
LAYERS = ["api", "usecases", "repository", "rules|schemas", "tables"]  # rules and schemas are both pure
GRAB_BAGS = re.compile(r"(^|/)(utils?|helpers?|common|misc|manager)(\.py|/)")


def _role(source: Source) -> tuple[str, str] | None:
    """(noun, role) of a file of a service's noun."""
    parts = source.path.removesuffix(".py").split("/")
    if len(parts) < 4 or parts[0] != "services" or parts[2] in {"migrations", "estimators"} or parts[-1] == "__init__":
        return None
    return ".".join(parts[:-1]), parts[-1]


def test_no_code_stands_outside_a_folder() -> None:
    assert list(ROOT.glob("*.py")) == []


def test_nobody_but_the_database_module_commits() -> None:
    committers = {
        source.path
        for source in sources()
        for call in source.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit" and "consumer" not in source.path
    }
    assert committers == {"shared/db.py"}


def test_only_messaging_knows_kafka() -> None:
    knowing = {source.path for source in sources() if any(name.split(".")[0] == "kafka" for name in source.imports())}
    assert all(path.startswith(("shared/messaging/", "deploy/")) for path in knowing), knowing


def test_only_settings_come_from_the_environment() -> None:
    reading = {source.path for source in sources() if re.search(r"\benviron\b|\bgetenv\b|__import__", source.text)}
    assert {path for path in reading if not path.startswith(("deploy/", "shared/testing/"))} == set()


@pytest.mark.parametrize("pattern", [r"\bnow\(\)", r"\bCURRENT_(TIMESTAMP|DATE)\b", r"\bclock_timestamp\(\)"])
def test_sql_never_asks_the_database_for_the_time(pattern: str) -> None:
    asking = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        if source.path.startswith(("services/", "shared/"))
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_sql(node.value)
        if re.search(pattern, node.value, re.IGNORECASE)
    ]
    assert asking == []


def _is_sql(value: str) -> bool:
    return bool(re.search(r"\b(SELECT|INSERT|UPDATE|DELETE|VALUES)\b", value))


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    asking = {
        source.path
        for source in sources()
        if source.path.startswith(("services/", "shared/")) and not source.path.startswith("shared/testing/")
        for call in source.calls()
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"now", "utcnow", "today"}
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id in {"datetime", "date", "func"}
    }
    assert asking == {"shared/clock.py"}


def test_rows_are_written_in_sets() -> None:
    forbidden = {"relationship", "add_all", "bulk_save_objects", "merge"}
    single = {
        f"{source.path}:{call.lineno}"
        for source in sources()
        if source.path.startswith("services/")
        for call in source.calls()
        if (isinstance(call.func, ast.Name) and call.func.id == "relationship")
        or (isinstance(call.func, ast.Attribute) and call.func.attr in forbidden)
        or (isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "session.add")
    }
    assert single == set()


def test_a_path_is_a_sentence() -> None:
    strange = [
        source.path
        for source in sources()
        if (place := _role(source)) and place[1] not in ROLES and "/adapters/" not in source.path
        if not source.path.startswith("services/gateway/")
    ]
    top = [
        source.path
        for source in sources()
        if re.fullmatch(r"services/\w+/\w+\.py", source.path)
        and source.path.split("/")[2].removesuffix(".py") not in SERVICE_FILES
    ]
    assert strange + top == []
    assert [source.path for source in sources() if GRAB_BAGS.search(source.path)] == []


def test_roles_import_downwards_only() -> None:
    rank = {role: at for at, layer in enumerate(LAYERS) for role in layer.split("|")}
    upwards = [
        f"{source.path} imports {name}"
        for source in sources()
        if (place := _role(source)) and place[1] in rank
        for name in source.imports()
        if name.startswith("services.") and (other := name.split("."))[-1] in rank and len(other) >= 4
        if _breaks(place, ".".join(other[:-1]), other[-1], rank)
    ]
    assert upwards == []


def _breaks(place: tuple[str, str], noun: str, role: str, rank: dict[str, int]) -> bool:
    if noun == place[0]:
        return rank[role] < rank[place[1]]
    return role == "api" or (role == "repository" and place[1] == "repository")


def test_only_use_cases_publish() -> None:
    publishing = {
        source.path
        for source in sources()
        if source.path.startswith("services/")
        for call in source.calls()
        if ast.unparse(call.func) == "outbox.add"
    }
    assert all(path.endswith("usecases.py") for path in publishing), publishing


def test_a_service_never_names_another_one_in_an_import() -> None:
    crossing = [
        f"{source.path} imports {name}"
        for source in sources()
        if source.path.startswith("services/")
        for name in source.imports()
        if name.startswith("services.") and name.split(".")[1] != source.path.split("/")[1]
    ]
    assert crossing == []
