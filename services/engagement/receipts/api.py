"""The doors of providers: open to all, and closed to what is not signed."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Header, Path, Query
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from services.engagement.channels import usecases as channels
from services.engagement.channels.schemas import Callback, Kind, Provider
from services.engagement.receipts import usecases
from shared.errors import GuanxiError
from shared.web import bodies
from shared.web.dependencies import Now, ReadSession, WriteSession
from shared.web.pages import WantsPage, language, refused
from shared.web.routing import PUBLIC, Router

router = Router("/callbacks", tag="Callbacks")
followed = Router("/public/clicks", tag="Messages")


async def raw_body(request: Request) -> bytes:
    """The bytes as they came: signatures are over them."""
    return await bodies.read_limited(request, bodies.MIB)


async def head_of(request: Request) -> Mapping[str, str]:
    """All headers by lower-case name."""
    return request.headers


def query_of(
    *,
    token: Annotated[str, Query(max_length=128, description="Of a provider that signs nothing.")] = "",
    signature: Annotated[str, Query(max_length=256)] = "",
    msg_signature: Annotated[str, Query(max_length=256)] = "",
    timestamp: Annotated[str, Query(max_length=32)] = "",
    nonce: Annotated[str, Query(max_length=128)] = "",
    encrypt_type: Annotated[str, Query(max_length=16)] = "",
    openid: Annotated[str, Query(max_length=128, description="Sent by WeChat, not read.")] = "",
) -> Mapping[str, str]:
    """What signed addresses carry."""
    return {
        "token": token,
        "signature": signature,
        "msg_signature": msg_signature,
        "timestamp": timestamp,
        "nonce": nonce,
    }


RawBody = Annotated[bytes, Depends(raw_body)]
Head = Annotated[Mapping[str, str], Depends(head_of)]
Signed = Annotated[Mapping[str, str], Depends(query_of)]


@router.post("/{kind}/{provider}", scope=PUBLIC)
def receive_callback(
    kind: Kind, provider: Provider, raw: RawBody, head: Head, signed: Signed, *, session: WriteSession, now: Now
) -> Response:
    """What a provider tells of messages and people, signed as it signs. Told again, it changes nothing."""
    thanks = usecases.receive(session, kind, provider, Callback(head, signed, raw, now), now)
    return Response(thanks, media_type="application/json" if thanks.startswith(b"{") else "text/plain")


@router.get("/{kind}/{provider}", scope=PUBLIC)
def confirm_callback(
    kind: Kind,
    provider: Provider,
    signed: Signed,
    session: ReadSession,
    echostr: Annotated[str, Query(max_length=128)] = "",
) -> Response:
    """WeChat asks whether an address is the merchant's; the answer is the text that it sent."""
    return PlainTextResponse(channels.confirmed(session, kind, provider, {**signed, "echostr": echostr}))


@followed.get("/{token}", scope=PUBLIC, status_code=302, response_model=None)
def follow_link(
    token: Annotated[str, Path(max_length=2000, description="From the link.")],
    session: WriteSession,
    now: Now,
    as_page: WantsPage,
    accept_language: Annotated[str | None, Header(max_length=500)] = None,
) -> Response:
    """Lead to where a link of a mail leads, and note the click. 403 `link_invalid`, 410 `link_expired`."""
    try:
        address = usecases.follow(session, token, now)
    except GuanxiError as error:
        if not as_page:
            raise
        return refused(error, language(accept_language))
    return RedirectResponse(address, 302, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
