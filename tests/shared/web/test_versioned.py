from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from shared.errors import Invalid, PreconditionFailed
from shared.web.schemas import Body
from shared.web.versioned import patched

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


class New(Body):
    name: str
    titles: dict[str, str] = {}
    parent: str | None = None


class Patch(Body):
    name: str | None = None
    titles: dict[str, Any] | None = None
    parent: str | None = None


def row() -> Any:
    return SimpleNamespace(version=3, updated_at=NOW, name="tea", titles={"zh": "茶", "en": "Tea"}, parent="drinks")


def test_a_patch_says_what_changes_and_null_takes_back() -> None:
    body = patched(row(), New, Patch.model_validate({"titles": {"en": None}, "parent": None}), 3)
    assert body == New(name="tea", titles={"zh": "茶"})


def test_what_must_be_there_cannot_be_taken_back() -> None:
    with pytest.raises(Invalid) as caught:
        patched(row(), New, Patch.model_validate({"name": None}), 3)
    assert [(one.field, one.code) for one in caught.value.errors] == [("name", "required")]


def test_only_who_saw_the_present_version_may_patch() -> None:
    with pytest.raises(PreconditionFailed):
        patched(row(), New, Patch(), 2)
