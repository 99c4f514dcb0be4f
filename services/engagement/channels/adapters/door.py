"""Asking a provider over HTTP, and what its silence means."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import httpx
import orjson

from services.engagement.channels.schemas import Outcome
from shared.settings import Settings
from shared.web.egress import AddressRefused, Answer, caller

JSON = {"Content-Type": "application/json", "Accept": "application/json"}
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
Post = Callable[[str, bytes, Mapping[str, str]], Answer]


def post_of(settings: Settings) -> Post:
    """How this deployment asks: public addresses, and the networks it allows beside them."""
    return caller(settings.egress_allowed_networks).post


def asked(post: Post, url: str, content: bytes, headers: Mapping[str, str]) -> Answer | Outcome:
    """The answer; or what it means that there is none: before the request was out it was definitely not taken."""
    try:
        return post(url, content, headers)
    except AddressRefused:
        return Outcome("refused", "address_not_allowed")
    except NOT_SENT as error:
        return Outcome("later", type(error).__name__)
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return Outcome("refused", "address_not_allowed")
    except httpx.TransportError as error:
        return Outcome("unknown", type(error).__name__)


def body_of(document: object) -> bytes:
    """A document as JSON."""
    return orjson.dumps(document)


def host_of(url: str) -> str:
    """The host of an address as it stands in a request."""
    return urlsplit(url).netloc
