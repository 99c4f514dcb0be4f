from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shared.web.patches import merged

names = st.sampled_from("abc")
documents = st.recursive(st.integers(), lambda inner: st.dictionaries(names, inner, max_size=3), max_leaves=6)
objects = st.dictionaries(names, documents, max_size=3)
patches = st.dictionaries(names, st.none() | documents, max_size=3)


@given(objects, patches)
def test_a_merge_patch_says_the_same_twice(document: dict[str, Any], patch: dict[str, Any]) -> None:
    once = merged(document, patch)
    assert merged(once, patch) == once
    assert {name for name, value in patch.items() if value is None}.isdisjoint(once)
    assert all(once[name] == document[name] for name in document if name not in patch)
