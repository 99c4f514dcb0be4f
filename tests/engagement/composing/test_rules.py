"""Which links of a mail lead on by way of ours."""

from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engagement.composing.rules import LONGEST, through
from services.engagement.markup.rules import clean

pytestmark = pytest.mark.capability("C-25")

OWN = "https://care.example"


def counted(html: str) -> str:
    return through(html, OWN, lambda address: f"{OWN}/c/{address.encode().hex()}")


@given(st.text("abz019/?&=%+#é茶'", max_size=60))
def test_a_link_leads_on_to_what_was_written(path: str) -> None:
    html = clean(f'<p>Tea: <a title="x" href="https://shop.example/{path.replace("&", "&amp;")}">see</a></p>')
    (sealed,) = [part.split('"')[0] for part in counted(html).split(f"{OWN}/c/")[1:]]
    written = html.split('href="')[1].split('"')[0]
    assert bytes.fromhex(sealed).decode() == unescape(written)


@pytest.mark.parametrize(
    "html",
    [
        f'<a href="{OWN}/v1/public/unsubscribe/t">out</a>',
        '<a href="mailto:tea@shop.example">write</a>',
        '<a href="tel:+8657112345678">call</a>',
        f'<a href="https://shop.example/{"x" * LONGEST}">long</a>',
        '<img src="https://shop.example/tea.png"> https://shop.example',
    ],
)
def test_what_leads_to_us_to_no_page_or_is_too_long_stays(html: str) -> None:
    assert counted(html) == html
