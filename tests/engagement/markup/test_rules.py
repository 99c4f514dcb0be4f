"""HTML of mails: harmless, styled in place, and readable as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.markup.rules import clean, excess, plain_text, prepare

pytestmark = pytest.mark.capability("C-24")


def test_scripts_handlers_and_running_links_are_removed() -> None:
    html = '<p onclick="x()">a</p><script>x()</script><a href="javascript:x()">b</a><iframe src="https://x"></iframe>'
    assert prepare(html) == "<p>a</p><a>b</a>"


def test_rules_of_a_style_tag_move_into_the_tags_and_only_harmless_ones_stay() -> None:
    assert prepare("<style>p{color:red;position:fixed}</style><p>a</p>") == '<p style="color:red">a</p>'


def test_template_code_survives_wherever_it_stands() -> None:
    html = (
        '<a href="{{ links.unsubscribe }}">x</a>{% if a > 1 and b < 2 %}<b>{{ "q" | append: "z" }}</b>{% endif %}'
        '<img src="https://a/{{ n }}.png" alt="t">'
    )
    assert prepare(html) == html


def test_a_loop_over_table_rows_stays_inside_the_table() -> None:
    html = prepare("<table>{% for line in order.lines %}<tr><td>{{ line.title }}</td></tr>{% endfor %}</table>")
    assert html.startswith("<table>{% for line in order.lines %}")
    assert html.endswith("{% endfor %}</tbody></table>")


@pytest.mark.parametrize(
    ("html", "says"),
    [
        ("<b>" * 20_000, "HTML has at most 4,000 tags"),
        ("<style>p{" + ";".join(f"--a{i}:1" for i in range(501)) + "}</style><p>a</p>", "at most 500 declarations"),
        ("<STYLE>" + "p{color:red}" * 501, "at most 500 declarations"),
    ],
)
def test_html_that_could_not_be_prepared_is_told_from_html_that_can(html: str, says: str) -> None:
    assert says in (excess(html) or "")


def test_html_may_be_as_deep_as_its_tags_are_many() -> None:
    html = "<style>" + "p{color:red}" * 500 + "</style>" + "<b>" * 3_999
    assert excess(html) is None
    assert prepare(html).endswith("</b>" * 3_999)


@pytest.mark.parametrize("html", ["<!--" * 16_000, "a<" * 30_000, "<p>a</p><!-- {{ gift }} -->" + "<" * 60_000])
def test_what_is_never_closed_is_looked_through_once(html: str) -> None:
    assert "{{" not in prepare(html)


def test_preparing_twice_changes_nothing() -> None:
    once = prepare("<style>p{color:red}</style><p>{{ a }}</p><table><tr><td>{{ b }}</td></tr></table>")
    assert prepare(once) == once


def test_a_rendered_value_cannot_make_a_running_link() -> None:
    assert clean('<a href="javascript:alert(1)">x</a>') == "<a>x</a>"


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_no_input_leaves_a_script_or_a_handler(text: str) -> None:
    html = prepare(f"<p>{text}</p><script>{text}</script>").lower()
    assert "<script" not in html


def test_the_text_says_what_the_page_says() -> None:
    html = (
        "<h1>Hello &amp; welcome</h1><p>Dear\n  Li Na,<br>thank you.</p><ul><li>one</li><li>two</li></ul>"
        '<p><a href="https://shop">our shop</a> <a href="https://x">https://x</a></p>'
    )
    assert plain_text(html) == (
        "Hello & welcome\n\nDear Li Na,\nthank you.\n\n- one\n- two\n\nour shop (https://shop) https://x\n"
    )
