"""Scopes, what they imply, and the roles."""

from hypothesis import given
from hypothesis import strategies as st

from shared.auth.scopes import ADMIN, IMPLIED, ROLES, SCOPES, expanded

scopes = st.sets(st.sampled_from([ADMIN, *SCOPES]))


@given(scopes)
def test_expanding_keeps_what_was_given_and_is_final(given_scopes: set[str]) -> None:
    once = expanded(given_scopes)
    assert given_scopes <= once
    assert expanded(once) == once


@given(scopes, scopes)
def test_more_scopes_never_allow_less(some: set[str], more: set[str]) -> None:
    assert expanded(some) <= expanded(some | more)


def test_only_the_administrator_of_all_is_implied_personal_data() -> None:
    assert {scope for scope, implied in IMPLIED.items() if "profile:pii" in implied} == {ADMIN}


def test_nothing_implies_the_administrator_of_all() -> None:
    assert all(ADMIN not in implied for implied in IMPLIED.values())


def test_roles_and_implications_name_declared_scopes_only() -> None:
    named = {scope for bundle in (*ROLES.values(), *IMPLIED.values()) for scope in bundle} | set(IMPLIED)
    assert named <= {ADMIN, *SCOPES}
