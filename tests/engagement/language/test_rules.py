"""The template language: what it may name, and the limits that hold whatever a template says."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.formats.rules import Formats
from services.engagement.language.rules import examples, faults, past_limit, render, vocabulary
from services.engagement.language.schemas import ALWAYS, BLOCKS, EXAMPLES, Shape, TemplateFailed

pytestmark = pytest.mark.capability("C-24")
NAMES = vocabulary(["order"], ["gift"])
FORMATS = Formats("en", ZoneInfo("Europe/London"), "CNY")
KEPT = "{% capture x %}{% for i in (1..400) %}" + "a" * 100 + "{% endfor %}{% endcapture %}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ customer.name }} {{ gift }} {{ today | day }}",
        "{% for line in order.lines %}{{ forloop.index }} {{ line.title }} {{ line.net | money }}{% endfor %}",
        "{{ order.lines.size }} {{ order.lines[0].title }} {{ order.lines.first.net | money }}",
        "{% for i in (1..3) %}{{ i }}{% endfor %}",
        "{% assign sum = order.total %}{{ sum | money }}",
        "{% for x in order.lines %}{{ x.net }}{% endfor %}{% for x in order.lines %}{{ x.title }}{% endfor %}",
    ],
)
def test_declared_names_are_accepted(source: str) -> None:
    assert faults(source, NAMES) == []


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("{{ customer.nme }}", "customer.nme"),
        ("{{ present }}", "present"),
        ("{{ coupon.code }}", "coupon.code"),
        ("{% for line in order.lines %}{{ line.titel }}{% endfor %}", "line.titel"),
        ("{% if order.lines[0].price %}x{% endif %}", "order.lines[0].price"),
        ("{{ customer[gift] }}", "customer[gift]"),
        ("{{ gift | date: '%Y' }}", "date"),
        ("{{ gift | safe }}", "safe"),
    ],
)
def test_a_name_that_is_not_declared_is_unknown(source: str, named: str) -> None:
    assert [(fault.code, fault.message.split()[0]) for fault in faults(source, NAMES)] == [("unknown", named)]


@pytest.mark.parametrize(
    "source", ["{{ gift ", "{% if gift %}", "{% include 'x' %}", "{% render 'x' %}", "{% tablerow %}"]
)
def test_broken_syntax_and_inclusion_are_refused(source: str) -> None:
    assert [fault.code for fault in faults(source, NAMES)] == ["format"]


def test_a_source_above_64_kib_is_too_long() -> None:
    assert [fault.code for fault in faults("茶" * 21846, NAMES)] == ["too_long"]
    assert faults("茶" * 21845, NAMES) == []


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("a\n" + "{{" * 30_000, "on line 2, {{ has no }} within 1,000 characters"),
        ("{{-" + " " * 60_000, "on line 1, {{ has no }} within 1,000 characters"),
        ("{% if " + "(" * 30_000 + "gift" + ")" * 30_000 + " %}{% endif %}", "on line 1, {% has no %}"),
        ("{{ gift" + " | upcase" * 5_000 + " }}", "on line 1, {{ has no }}"),
        ("{% raw %}" * 7_000, "raw is not a tag"),
        ("{%- doc %}" * 6_000, "doc is not a tag"),
    ],
)
def test_what_would_be_searched_through_over_and_over_is_refused_unread(source: str, says: str) -> None:
    (found,) = faults(source, NAMES)
    assert found.code == "format"
    assert found.message.startswith(says)


def test_a_tag_may_have_a_thousand_characters() -> None:
    assert faults("{{ gift | default: '" + "茶" * 970 + "' }}", NAMES) == []


@pytest.mark.parametrize("source", ["{{ (1..9) | join }}", "{% assign all = (1..9) %}", "{{ gift | append: (1..9) }}"])
def test_a_range_stands_in_a_loop_only(source: str) -> None:
    assert [fault.code for fault in faults(source, NAMES)] == ["not_allowed"]


# 64,000 characters, which are not written.
LONG = "{% capture a %}{% for i in (1..1600) %}0123456789012345678901234567890123456789{% endfor %}{% endcapture %}"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..10001) %}{% endfor %}",
        "{% for i in (1..5000) %}{% endfor %}{% for i in (1..5001) %}{% endfor %}",
        "{% for i in (1..101) %}{% for j in (1..100) %}{% endfor %}{% endfor %}",
        "{% for i in (1..9000) %}0123456789012345678901234567890123456789{% endfor %}",
        "{% assign x = 9 %}{% for i in (1..60) %}{% assign x = x | times: x %}{% endfor %}{{ x }}",
        KEPT + "{{ x " + "| append: x " * 60 + "}}",
        KEPT + ("{{ x " + "| upcase " * 60 + "| size }}") * 5,
        KEPT + "{% for i in (1..251) %}{% if x contains 'ab' %}{% endif %}{% endfor %}",
        KEPT + "{% for i in (1..60) %}{{ x | append: x | size }}{% endfor %}",
        "{% for i in (1..9000) %}{{ gift | size | plus: 1 | plus: 1 | plus: 1 | plus: 1 }}{% endfor %}",
        "{% assign all = order.lines %}" + "{{ all | uniq | size }}" * 21,
        "{% for i in (1..1000000000) offset: 999999990 %}{% endfor %}",
        "{% for i in (1..100000000000000000000000) %}{% break %}{% endfor %}",
        "".join(f"{{% assign a{i} = 'text' %}}" for i in range(2_500)) + KEPT.replace("400", "2000"),
        "{{ gift | time }}",
        "{{ 5 | divided_by: 0 }}",
    ],
)
def test_a_template_past_a_limit_fails_without_its_values(source: str) -> None:
    with pytest.raises(TemplateFailed) as failure:
        render(source, {"gift": "secret", "order": {"lines": [{"title": "Tea"}] * 500}}, FORMATS)
    assert "secret" not in str(failure.value)


def test_ten_thousand_steps_are_allowed() -> None:
    assert render("{% for i in (1..10000) %}{% endfor %}ok", {}, FORMATS) == "ok"


@pytest.mark.parametrize(
    "source",
    [
        KEPT + "{{ x | upcase | size }} {{ x }}",
        "{% for line in order.lines %}{% assign all = all | append: line.title %}{% endfor %}{{ all }}",
        "{{ order.lines | reverse | first }}",
        "{% for line in order.lines %}{{ line.net | money }} {{ today | day | upcase }}{% endfor %}",
    ],
)
def test_what_a_long_order_takes_is_within_the_limits(source: str) -> None:
    line = {"title": "a tea of the highlands", "net": {"amount": "9.00", "currency": "CNY"}}
    assert render(source, {"order": {"lines": [line] * 500}, "today": "2026-01-05"}, FORMATS)


def test_what_is_kept_again_counts_once() -> None:
    assert render(KEPT + "{% for i in (1..9) %}{% assign x = x %}{% endfor %}ok", {}, FORMATS) == "ok"
    assert render(KEPT * 9 + "ok", {}, FORMATS) == "ok"


def fits(value: Any, shape: Shape) -> bool:
    if isinstance(shape, dict):
        return value.keys() == shape.keys() and all(fits(value[name], shape[name]) for name in shape)
    if isinstance(shape, list):
        return len(value) > 1 and all(fits(one, shape[0]) for one in value)
    return bool(value)


def test_every_name_has_an_example_of_its_shape() -> None:
    assert fits(EXAMPLES, {**ALWAYS, **BLOCKS})


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..10001) %}{% endfor %}",
        "{{ gift | day }}{% for i in (1..10001) %}{% endfor %}",  # the filter fails on the example, not on nothing
        "{% if customer.tier %}{% for i in (1..10001) %}{% endfor %}{% endif %}",
        "{% unless customer.tier %}{% for i in (1..10001) %}{% endfor %}{% endunless %}",
        "{% for a in order.lines %}{% for i in (1..4000) %}{% endfor %}{% endfor %}",
        "{% for i in (1..9000) %}0123456789012345678901234567890123456789{% endfor %}",
        "{% for i in (1..2000) %}" + "{% assign a = 1 %}" * 300 + "{% endfor %}",
        "{% for i in (1..100) %}{% for j in (1..50) %}"
        + "{% if 1 == 2 %}{% endif %}" * 100
        + "{% endfor %}{% endfor %}",
        LONG + "{% for i in (1..2000) %}{% assign b = a | upcase %}{% endfor %}",
        LONG + "{% assign b = a" + " | upcase | downcase" * 100 + " %}",
    ],
)
def test_a_text_past_a_limit_is_found_by_trying_it(source: str) -> None:
    (found,) = past_limit(source, examples(["order"], {"gift": "string"}))
    assert found.code == "too_large"
    assert "shorten the ranges" in found.message


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..10000) %}{% endfor %}",
        "{% for i in (1..2000) %}{% if gift %}{{ i | plus: 1 }}{% else %}{{ today | day }}{% endif %}{% endfor %}",
        "{{ gift | time }}",  # what a value may be is for who sends it
        "{% for line in order.lines %}{{ line.net | money }}{% endfor %}",
        LONG + "{% assign b = a | upcase | strip | truncate: 100 %}{{ b }}",
    ],
)
def test_a_text_within_the_limits_passes_its_trial(source: str) -> None:
    assert past_limit(source, examples(["order"], {"gift": "string"})) == []


def test_what_is_absent_reads_as_nothing() -> None:
    assert render("a{{ order.total | money }}{{ coupon.code }}{{ occasion.day | day }}b", {}, FORMATS) == "ab"


def test_money_day_and_time_read_as_in_the_locale_and_zone() -> None:
    source = "{{ total | money }} {{ at | day }} {{ at | time }}"
    values = {"total": {"amount": "95.00", "currency": "CNY"}, "at": "2026-11-25T16:30:00Z"}
    assert render(source, values, Formats("zh-CN", ZoneInfo("Asia/Shanghai"), "CNY")) == "¥95.00 2026年11月26日 00:30"
    assert (
        render(source, values, Formats("en-GB", ZoneInfo("Europe/London"), "CNY")) == "CN¥95.00 25 November 2026 16:30"
    )


@given(st.text())
def test_a_value_cannot_bring_tags_into_html(value: str) -> None:
    html = render("{{ gift }}", {"gift": value}, FORMATS, escape=True)
    assert not {"<", ">", '"'} & set(html)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r")))
def test_a_value_is_never_read_as_a_template(value: str) -> None:
    assert render("{{ gift }}", {"gift": value}, FORMATS) == value
