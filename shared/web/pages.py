"""Pages for people without a credential: HTML without scripts, for whoever asks for `text/html`, else JSON."""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from shared.errors import GuanxiError, Malformed, NotAcceptable, UnsupportedMediaType
from shared.web import bodies, idempotency, negotiation
from shared.web.negotiation import JSON
from shared.web.problems import PROBLEMS

HTML = "text/html"
FORM = "application/x-www-form-urlencoded"
FORM_LIMIT = 64 * 1024
MOST_FIELDS = 500
SHEET = Path(__file__).with_name("pages.css").read_text(encoding="utf-8")
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(SHEET.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SAFE = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Vary": "Accept",
}
FORM_BODY: dict[str, Any] = {
    "requestBody": {"content": {FORM: {"schema": {"type": "object", "additionalProperties": {"type": "string"}}}}}
}

# What to do about a refusal that somebody with a link may meet. In English its detail says so.
ADVICE = {
    "link_invalid": "链接不完整或已损坏。请回到收到的消息，重新打开其中的链接。",
    "link_expired": "这个链接已经过期。较新的消息里有新的链接。",
    "survey_closed": "这份问卷已经结束，感谢您的关注。",
    "already_answered": "这份问卷已经回答过了，谢谢您。",
}
Form = Mapping[str, list[str]]


async def _wants_page(request: Request) -> bool:
    wanted = negotiation.chosen(request.headers.get("accept"), (JSON, HTML))
    if wanted is None:
        raise NotAcceptable(f"This path answers {JSON} or {HTML}.")
    return wanted == HTML


async def _form(request: Request) -> Form:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMediaType(f"Send the form as {FORM}.")
    try:
        content = await bodies.read_limited(request, FORM_LIMIT)
        idempotency.bind(request, content)
        return parse_qs(content.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Malformed("The body is not a form in UTF-8.") from None


async def _sent(request: Request) -> "Sent":
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        return Sent(form=await _form(request))
    packed = await bodies.read_limited(request, bodies.DEFAULT_LIMIT)
    bodies.require_json_type(request.headers.get("content-type"))
    content = bodies.unpacked(packed, request.headers.get("content-encoding"), bodies.DEFAULT_LIMIT)
    idempotency.bind(request, content)
    return Sent(value=bodies.parse_json(content))


@dataclass(frozen=True, slots=True)
class Sent:
    """What came in: the form of a page, or the JSON of a front end."""

    form: Form | None = None
    value: Any = None


WantsPage = Annotated[bool, Depends(_wants_page)]
SentForm = Annotated[Form, Depends(_form)]
FormOrJson = Annotated[Sent, Depends(_sent)]


def shown(make: Callable[[], str], locale: str, status: int = 200) -> Response:
    """The page that `make` writes; a refusal becomes a page too, with the status that it has everywhere."""
    try:
        return HTMLResponse(make(), status, SAFE)
    except GuanxiError as error:
        return refused(error, locale)


def refused(error: GuanxiError, locale: str) -> Response:
    """A refusal as a page, with the status that it has everywhere."""
    return HTMLResponse(_refusal(error, locale), error.status, {**SAFE, **error.headers})


def plain(content: str, status: int = 200) -> Response:
    """A JSON answer of a public path: not to be kept, and another one than the page under the same address."""
    kept = {name: SAFE[name] for name in ("Cache-Control", "Referrer-Policy", "Vary", "X-Robots-Tag")}
    return Response(content, status, kept, JSON)


def elsewhere(path: str) -> Response:
    """After a form was taken: where the browser goes on reading, so that going back or reloading repeats nothing."""
    return Response(status_code=303, headers={"Location": path, "Cache-Control": "no-store"})


def document(title: str, content: str, locale: str) -> str:
    """A whole page around `content`, which is HTML already."""
    return (
        f'<!doctype html><html lang="{escape(locale)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{SHEET}</style></head><body><main>{content}</main></body></html>\n"
    )


def language(locale: str | None, default: str = "zh") -> str:
    """The language of a page for somebody with this locale."""
    return "zh" if (locale or default).lower().startswith("zh") else "en"


def _refusal(error: GuanxiError, locale: str) -> str:
    known = PROBLEMS.get(error.code) or PROBLEMS[type(error).code]
    title = known.title_zh if locale == "zh" else known.title
    said = ADVICE.get(error.code, "") if locale == "zh" else error.detail
    return document(title, f"<h1>{escape(title)}</h1><p>{escape(said)}</p>", locale)
