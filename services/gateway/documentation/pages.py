"""The pages themselves. Plain HTML without inline scripts, so that the strictest policy holds."""

from collections.abc import Iterable
from html import escape

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
ASSETS = "/docs/assets/"
BUNDLES = "/docs/bundles/"

LINKS = (
    ("/docs", "Try the API", "试用接口", "Every endpoint with examples, callable from the page"),
    ("/docs/reference", "Read the reference", "接口手册", "The same, to read and to print"),
    ("/openapi.json", "OpenAPI document", "OpenAPI 文档", "For generators and tools"),
    ("/problems", "Problem codes", "错误代码", "What each refusal means and what to do"),
)


def landing() -> str:
    """The page at `/`."""
    items = "".join(
        f'<li><a href="{path}">{escape(english)} · <span lang="zh">{escape(chinese)}</span></a>'
        f"<span>{escape(about)}</span></li>"
        for path, english, chinese, about in LINKS
    )
    body = (
        '<h1>Guanxi <small lang="zh">关系</small></h1>'
        "<p>Know your customers, value them, keep them and serve them.</p>"
        '<p class="soft" lang="zh">了解客户，衡量客户价值，留住客户，服务客户。</p>'
        f'<ul class="links">{items}</ul>'
    )
    return _page("Guanxi", _styles("pages.css"), body)


def explorer() -> str:
    """Swagger UI."""
    head = _style(f"{BUNDLES}swagger-ui.css") + _styles("explorer.css")
    scripts = _script(f"{BUNDLES}swagger-ui-bundle.js") + _script(f"{ASSETS}explorer.js")
    return _page("Guanxi API", head + scripts, '<div id="explorer"></div>')


def reference() -> str:
    """Redoc."""
    body = '<redoc spec-url="/openapi.json" disable-search="false"></redoc>' + _script(f"{BUNDLES}redoc.standalone.js")
    return _page("Guanxi API reference", _styles("reference.css"), body)


def problem_list(problems: Iterable[tuple[str, int, str, str]]) -> str:
    """All codes: (code, status, English, Chinese)."""
    rows = "".join(
        f'<tr><td><a href="/problems/{code}"><code>{code}</code></a></td><td>{status}</td>'
        f'<td>{escape(english)}<br><span class="soft" lang="zh">{escape(chinese)}</span></td></tr>'
        for code, status, english, chinese in problems
    )
    table = f"<table><tr><th>Code</th><th>Status</th><th>Meaning · 含义</th></tr>{rows}</table>"
    body = f'<h1>Problem codes <small lang="zh">错误代码</small></h1>{table}'
    return _page("Problem codes", _styles("pages.css"), body)


def problem(code: str, status: int, english: str, chinese: str) -> str:
    """One code: the page that the `type` of a problem document names."""
    body = (
        f"<h1><code>{code}</code> <small>{status}</small></h1>"
        f'<p>{escape(english)}</p><p lang="zh">{escape(chinese)}</p>'
        '<p class="soft"><a href="/problems">All codes · 全部代码</a></p>'
    )
    return _page(code, _styles("pages.css"), body)


def _page(title: str, head: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="icon" href="{BUNDLES}favicon.png">{head}</head>'
        f"<body>{body}</body></html>"
    )


def _styles(name: str) -> str:
    return _style(ASSETS + name)


def _style(address: str) -> str:
    return f'<link rel="stylesheet" href="{address}">'


def _script(address: str) -> str:
    return f'<script src="{address}"></script>'
