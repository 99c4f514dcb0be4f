"""Normal forms, masks and the pieces a name is found by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.profile.personal.rules import masked, masked_name, name_tokens, normalised, query_tokens


@pytest.mark.parametrize(
    ("kind", "written", "normal"),
    [
        ("phone", "138 0013 8000", "+8613800138000"),
        ("phone", "+1 (415) 555-2671", "+14155552671"),
        ("phone", "＋８６１３８００１３８０００", "+8613800138000"),
        ("email", " Li.Na@EXAMPLE.com ", "li.na@example.com"),
        ("email", "ｌｉ@example.com", "li@example.com"),
        ("external", " U-77 ", "U-77"),
        ("openid", "oX_Case", "oX_Case"),
    ],
)
def test_writings_have_one_normal_form(kind: str, written: str, normal: str) -> None:
    assert normalised(kind, written, "CN") == normal
    assert normalised(kind, normal, "CN") == normal


@pytest.mark.parametrize(
    ("kind", "written"),
    [("phone", "call me"), ("phone", "12"), ("email", "li@"), ("email", "li example.com"), ("external", "  "),
     ("device", "a\nb"), ("unionid", "x" * 256)],
)  # fmt: skip
def test_what_is_no_such_identity_is_refused_without_repeating_it(kind: str, written: str) -> None:
    with pytest.raises(ValueError) as refused:
        normalised(kind, written, "CN")
    assert not written.strip() or written not in str(refused.value)


@given(st.from_regex(r"\+86138[0-9]{8}", fullmatch=True))
def test_a_masked_phone_keeps_carrier_and_end(phone: str) -> None:
    assert masked("phone", phone) == f"+86138****{phone[-2:]}"


@given(st.sampled_from(["external", "openid", "device", "phone"]), st.text("abcdef0123456789", min_size=3, max_size=40))
def test_a_mask_never_shows_more_than_half(kind: str, value: str) -> None:
    shown = masked(kind, value).replace("*", "")
    assert masked(kind, value) != value
    assert kind == "phone" or len(shown) <= len(value) / 2


def test_masks_of_mail_and_names() -> None:
    assert masked("email", "li.na@example.com") == "l***@example.com"
    assert masked_name("王小明") == "王**"
    assert masked_name("Ada  Lovelace") == "A*** L***"
    assert masked_name(None) is None


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("王小明", "王", True),
        ("王小明", "王小", True),
        ("王小明", "王小明", True),
        ("王小明", "小明", False),
        ("Ada Lovelace", "LOVELACE", True),
        ("Ada Lovelace", "lovelace ada", True),
        ("Ada Lovelace", "love", False),
        ("Ａｄａ Lovelace", "ada", True),
    ],
)
def test_a_name_is_found_by_its_words_and_by_the_first_two_han_characters(name: str, query: str, found: bool) -> None:
    assert (set(query_tokens(query)) <= name_tokens(name)) is found
