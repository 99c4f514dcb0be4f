"""The paths of the Segment contract: where their key stands, how they refuse, and what a browser asks beforehand."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from services.gateway.routing.bodies import whole, write_key_in
from services.gateway.routing.upstream import Body

NAMES = ("batch", "track", "identify", "page", "screen", "group", "alias", "t", "i", "p", "s", "g", "a", "b")
PATHS = frozenset(f"/v1/{name}" for name in NAMES)
SETTINGS = "/v1/projects/"
EVENTS = ("/v1/events", "/v1/events/batch")
PREFLIGHT = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"authorization, content-type, content-encoding, x-retry-count"),
    (b"access-control-max-age", b"86400"),
)
ANY_ORIGIN = PREFLIGHT[:1]


def from_browsers(path: str) -> bool:
    """Whether pages of any origin may call a path: a write key is public, and no cookie is ever read."""
    return path in PATHS or path in EVENTS or path.startswith(SETTINGS)


def key_outside(headers: Mapping[str, str], query: str) -> str | None:
    """The key in a Basic or Bearer header, or else in the query."""
    scheme, _, value = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic" and (user := _user_of(value.strip())):
        return user
    if scheme.lower() == "bearer" and value.strip().startswith("gx_"):
        return value.strip()
    return dict(parse_qsl(query)).get("writeKey")


async def key_inside(body: Body) -> tuple[str | None, bytes]:
    """The `writeKey` in the body, and the body, which has then been read."""
    raw = await whole(body)
    return write_key_in(raw), raw


def without_key(query: str) -> str:
    """The query as the service and its logs may see it."""
    if "writeKey" not in query:
        return query
    return urlencode([(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name != "writeKey"])


def _user_of(encoded: str) -> str | None:
    try:
        return b64decode(encoded, validate=True).decode().partition(":")[0] or None
    except (NotBase64, UnicodeDecodeError):
        return None
