"""Calls to addresses that a merchant chose: to the public internet only, whatever a name resolves to.

The address that was judged is the one that is connected to, so a name cannot lead elsewhere a moment later. Nothing is
redirected, no proxy of the environment is used, and an answer is read up to a limit.
"""

import socket
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpcore
import httpx
import orjson

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

TIMEOUT = httpx.Timeout(10.0, connect=5.0)
LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30)
LONGEST = 64 * 1024
NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):
    """A name leads to where we do not call."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered: the status and the JSON value, None where the body is none."""

    status: int
    body: Any

    @property
    def document(self) -> Mapping[str, Any]:
        """The JSON object; empty where there is none."""
        return self.body if isinstance(self.body, dict) else {}


class Caller:
    """A client that connects to public addresses, and to the networks that the deployment allows beside them."""

    def __init__(self, allowed: Collection[Network] = ()) -> None:
        self._http = httpx.Client(transport=_Transport(allowed), timeout=TIMEOUT, trust_env=False)

    def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer to a POST. Raises AddressRefused, httpx.TransportError, httpx.InvalidURL."""
        with self._http.stream("POST", url, content=content, headers=dict(headers)) as response:
            return Answer(response.status_code, _json(response))


@lru_cache(maxsize=8)
def caller(allowed: tuple[Network, ...]) -> Caller:
    """The client of this process. Thread-safe."""
    return Caller(allowed)


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, also where it is written inside another one."""
    inner = _inside(address)
    if inner is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast


def judged(host: str, port: int, allowed: Collection[Network]) -> list[str]:
    """The addresses of a host. Raises AddressRefused when one of them is neither public nor allowed."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(type(error).__name__) from error
    addresses = list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
    for address in map(ip_address, addresses):
        if not is_public(address) and not any(address in network for network in allowed):
            raise AddressRefused("The address is not one of the public internet.")
    return addresses


class _Backend(httpcore.SyncBackend):
    """Resolves, judges, and connects to what it judged."""

    def __init__(self, allowed: Collection[Network]) -> None:
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        address, *others = judged(host, port, self._allowed)
        for other in others:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                address = other
        return super().connect_tcp(address, port, timeout, local_address, socket_options)


class _Transport(httpx.HTTPTransport):
    def __init__(self, allowed: Collection[Network]) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=LIMITS.max_connections,
            max_keepalive_connections=LIMITS.max_keepalive_connections,
            keepalive_expiry=LIMITS.keepalive_expiry,
            network_backend=_Backend(allowed),
        )


def _inside(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address carries, if it does."""
    if isinstance(address, IPv4Address):
        return None
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def _json(response: httpx.Response) -> Any:
    read = bytearray()
    for piece in response.iter_bytes():
        read += piece
        if len(read) > LONGEST:
            return None
    try:
        return orjson.loads(bytes(read))
    except orjson.JSONDecodeError:
        return None
