"""Personal data at rest."""

import os

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto import KeyRing, blind_index


def _ring(**keys: bytes) -> KeyRing:
    return KeyRing(next(reversed(keys)), {name: AESGCM(key) for name, key in keys.items()})


OLD, NEW = os.urandom(32), os.urandom(32)


@given(st.text())
def test_what_was_encrypted_is_read_again(plain: str) -> None:
    ring = _ring(k1=OLD)
    assert ring.decrypt(ring.encrypt(plain, "customer|name"), "customer|name") == plain


def test_a_value_moved_to_another_column_does_not_open() -> None:
    ring = _ring(k1=OLD)
    with pytest.raises(ValueError, match="was not written there"):
        ring.decrypt(ring.encrypt("13800138000", "customer|phone"), "customer|name")


def test_a_changed_value_does_not_open() -> None:
    ring = _ring(k1=OLD)
    stored = bytearray(ring.encrypt("x", "t|c"))
    stored[-1] ^= 1
    with pytest.raises(ValueError, match="was not written there"):
        ring.decrypt(bytes(stored), "t|c")


def test_the_same_text_never_looks_the_same_twice() -> None:
    ring = _ring(k1=OLD)
    assert ring.encrypt("x", "t|c") != ring.encrypt("x", "t|c")


def test_after_a_rotation_old_values_open_and_new_ones_use_the_new_key() -> None:
    before = _ring(k1=OLD).encrypt("x", "t|c")
    ring = _ring(k1=OLD, k2=NEW)
    assert ring.decrypt(before, "t|c") == "x"
    assert not ring.is_current(before)
    assert ring.is_current(ring.encrypt("x", "t|c"))


def test_without_its_key_a_value_says_which_one_is_missing() -> None:
    with pytest.raises(ValueError, match="'k1' is not in the key ring"):
        _ring(k2=NEW).decrypt(_ring(k1=OLD).encrypt("x", "t|c"), "t|c")


def test_the_blind_index_tells_kinds_apart_and_is_stable() -> None:
    assert blind_index("phone", "+8613800138000") == blind_index("phone", "+8613800138000")
    assert blind_index("phone", "1") != blind_index("email", "1")
