"""What HTML in a mail may hold, its styles moved into the tags, and the same said in plain text."""

import re
from html import escape
from html.parser import HTMLParser

import nh3
from css_inline import CSSInliner

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "center", "code", "div", "em", "h1", "h2", "h3", "h4", "hr", "i", "img"),
    *("li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "u", "ul"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
}
ATTRIBUTES = {
    "*": {"style", "align", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor", "role"},
    "td": {"width", "height", "colspan", "rowspan", "valign", "bgcolor"},
    "th": {"width", "height", "colspan", "rowspan", "valign", "bgcolor", "scope"},
}
BOX = {
    f"{name}{side}" for name in ("margin", "padding", "border") for side in ("", "-top", "-right", "-bottom", "-left")
}
STYLES = BOX | {
    *("background", "background-color", "border-collapse", "border-color", "border-radius", "border-spacing"),
    *("border-style", "border-width", "color", "display", "font", "font-family", "font-size", "font-style"),
    *("font-weight", "height", "letter-spacing", "line-height", "list-style", "max-width", "min-width", "opacity"),
    *("overflow", "text-align", "text-decoration", "text-transform", "vertical-align", "white-space", "width"),
}
# The library that moves styles dies of 12,000 elements inside each other, and takes the square of the declarations that
# meet one element.
MOST_TAGS = 4_000
MOST_DECLARATIONS = 500
SCHEMES = {"http", "https", "mailto", "tel"}

OPENED = re.compile("<[A-Za-z]")
STYLE = re.compile(r"<style\b.*?(?:</style|\Z)", re.DOTALL | re.IGNORECASE)
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# What is never closed ends with the text, as in a browser: nothing is searched to its end more than once.
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
TAG_OR_CODE = re.compile(r"(<[^>]*(?:>|\Z))|LQ(\d+)Z")
MASK = re.compile(r"<!--LQ(\d+)Z-->|LQ(\d+)Z")

_inliner = CSSInliner(load_remote_stylesheets=False)
_cleaner = nh3.Cleaner(
    tags=TAGS,
    clean_content_tags={"script", "style", "title"},
    attributes=ATTRIBUTES,
    url_schemes=SCHEMES,
    filter_style_properties=STYLES,
    strip_comments=False,
    link_rel=None,
)


def excess(template: str) -> str | None:
    """What a template's HTML has more of than can be prepared."""
    if len(OPENED.findall(template)) > MOST_TAGS:
        return f"HTML has at most {MOST_TAGS:,} tags"
    if sum(style.count(":") for style in STYLE.findall(template)) > MOST_DECLARATIONS:
        return f"the styles in HTML have at most {MOST_DECLARATIONS} declarations"
    return None


def prepare(template: str) -> str:
    """A template's HTML ready to be rendered: only harmless tags, rules of `<style>` moved into them.

    The template language inside is hidden while this happens: as comments between tags, where even a table keeps them,
    and as words inside a tag.
    """
    pieces: list[str] = []

    def hide(found: re.Match[str]) -> str:
        pieces.append(found.group())
        return f"LQ{len(pieces) - 1}Z"

    hidden = CODE.sub(hide, COMMENT.sub("", template))
    between = TAG_OR_CODE.sub(lambda m: m.group(1) or f"<!--LQ{m.group(2)}Z-->", hidden)
    return MASK.sub(lambda m: pieces[int(m.group(1) or m.group(2))], _cleaner.clean(_inliner.inline(between)))


def clean(rendered: str) -> str:
    """Rendered HTML without anything harmful that a value brought into it, such as a link that runs a script."""
    return COMMENT.sub("", _cleaner.clean(rendered))


def page(body: str, *, title: str, locale: str, policy: str = "") -> str:
    """A whole HTML document around `body`; `policy` is a content security policy for reading it in a browser."""
    guard = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">' if policy else ""
    return (
        f'<!doctype html><html lang="{escape(locale)}"><head><meta charset="utf-8">{guard}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title></head><body>{body}</body></html>\n"
    )


def plain_text(html: str) -> str:
    """The text of `html`: one line a block, links with their address behind them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[ \t\r\f\v\u00a0]+", " ", line).strip() for line in "".join(reader.text).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


class _Reader(HTMLParser):
    PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote", "pre"}
    LINES = {"br", "div", "li", "tr", "hr", "center"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break the line, remember where a link leads."""
        self._break(tag)
        if tag == "li":
            self.text.append("- ")
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")
        if tag == "img":
            self.text.append(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        """Break the line, say where a link leads."""
        if tag == "a" and self.links and (address := self.links.pop()) and not self._said(address):
            self.text.append(f" ({address})")
        if tag in {"td", "th"}:
            self.text.append("  ")
        elif tag != "br":
            self._break(tag)

    def handle_data(self, data: str) -> None:
        """Words; line ends in the source mean nothing."""
        self.text.append(re.sub(r"\s+", " ", data))

    def _said(self, address: str) -> bool:
        return bool(self.text) and self.text[-1].strip() == address

    def _break(self, tag: str) -> None:
        if tag in self.PARAGRAPHS:
            self.text.append("\n\n")
        elif tag == "br" or (tag in self.LINES and not self._at_line_start()):
            self.text.append("\n")

    def _at_line_start(self) -> bool:
        return "".join(self.text[-2:]).rstrip(" ").endswith("\n")
