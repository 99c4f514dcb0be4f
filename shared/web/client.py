"""Calls from one service to another: a token for the callee, a deadline, one repetition, a breaker."""

import atexit
import random
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import orjson
from opentelemetry import propagate

from shared.auth.caller import Caller
from shared.auth.tokens import Minter
from shared.clock import system_clock
from shared.errors import DeadlineExceeded, GuanxiError, NotFound, Unavailable
from shared.settings import Settings
from shared.telemetry import metrics
from shared.telemetry.logs import REQUEST_ID
from shared.web.breaker import Breaker, Verdict
from shared.web.deadlines import DEADLINE

CONNECT = 0.5
DEADLINE_BY_DEFAULT = 2.0
PATIENCE = 1.0  # seconds that somebody waits whose own question needs an answer of another service
LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=30)
RETRY_PAUSE = 0.05
PASSING = frozenset({502, 503})


class InternalClient:
    """One service's way to call others. Thread-safe; close it at the end."""

    def __init__(self, settings: Settings, caller_service: str, *, scopes: tuple[str, ...] = ()) -> None:
        self._settings = settings
        self._caller = Caller(caller_service, "service", frozenset(scopes))
        self._minter = Minter(settings, system_clock(settings.clock_offset))
        self._http = httpx.Client(limits=LIMITS, trust_env=False)
        self._breakers: dict[str, Breaker] = {}

    def get(self, service: str, path: str, *, deadline: float = DEADLINE_BY_DEFAULT) -> Any:
        """The JSON answer of a GET within `deadline` seconds; tried twice if the first try did not arrive."""
        return self._call(service, "GET", path, None, deadline, tries=2)

    def post(
        self, service: str, path: str, json: Any, *, deadline: float = DEADLINE_BY_DEFAULT, idempotent: bool = False
    ) -> Any:
        """The JSON answer of a POST within `deadline` seconds; tried twice only where that is harmless.

        Raises DeadlineExceeded, Unavailable, NotFound, or CallRefused with what the callee objected to.
        """
        return self._call(service, "POST", path, json, deadline, tries=2 if idempotent else 1)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(self, service: str, method: str, path: str, json: Any, deadline: float, *, tries: int) -> Any:
        ends_at = time.monotonic() + deadline
        breaker = self._breakers.setdefault(service, Breaker(time.monotonic))
        while True:
            tries -= 1
            if breaker.ask() is Verdict.REFUSE:
                raise Unavailable(f"{service} does not answer; it is left alone for a moment.")
            try:
                answer = self._once(service, method, path, json, ends_at)
            except (Unavailable, DeadlineExceeded) as error:
                breaker.failed()
                pause = random.uniform(0, RETRY_PAUSE)  # noqa: S311 - jitter is no secret
                if tries < 1 or isinstance(error, DeadlineExceeded) or time.monotonic() + pause >= ends_at:
                    raise
                time.sleep(pause)
            except (NotFound, CallRefused):  # an answer all the same
                breaker.succeeded()
                raise
            else:
                breaker.succeeded()
                return answer

    def _once(self, service: str, method: str, path: str, json: Any, ends_at: float) -> Any:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise DeadlineExceeded(f"No time is left to ask {service}.")
        started, outcome = time.monotonic(), "error"
        try:
            response = self._http.request(
                method,
                self._settings.service_url(service) + path,
                content=None if json is None else orjson.dumps(json, default=_plain),
                headers=self._headers(service, left),
                timeout=httpx.Timeout(left, connect=min(CONNECT, left)),
            )
            outcome = str(response.status_code)
            return _judged(service, response)
        except httpx.ConnectTimeout:
            raise Unavailable(f"{service} cannot be reached.") from None
        except httpx.TimeoutException:
            outcome = "timeout"
            raise DeadlineExceeded(f"{service} did not answer in time.") from None
        except httpx.TransportError:
            raise Unavailable(f"{service} cannot be reached.") from None
        finally:
            labels = metrics.UPSTREAM_SECONDS.labels(self._caller.id, service, outcome)
            labels.observe(time.monotonic() - started)

    def _headers(self, service: str, left: float) -> Mapping[str, str]:
        headers = {
            "Authorization": f"Bearer {self._minter.token(service, self._caller)}",
            "Content-Type": "application/json",
            DEADLINE: str(int(left * 1000)),
        }
        if (request_id := REQUEST_ID.get()) is not None:
            headers["X-Request-Id"] = request_id
        propagate.inject(headers)
        return headers


class CallRefused(GuanxiError):
    """Another service refused our call: a fault of ours, not of who asked us."""

    status = 500


def _judged(service: str, response: httpx.Response) -> Any:
    if response.is_success:
        return orjson.loads(response.content) if response.content else None
    if response.status_code in PASSING:
        raise Unavailable(f"{service} is not available.")
    if response.status_code == httpx.codes.GATEWAY_TIMEOUT:
        raise DeadlineExceeded(f"{service} did not answer in time.")
    if response.status_code == httpx.codes.NOT_FOUND:
        raise NotFound(f"{service} knows no such thing.")
    raise CallRefused(f"{service} refused a call with {response.status_code}.")


def _plain(value: Any) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


@cache
def client_of(settings: Settings, caller_service: str, *scopes: str) -> InternalClient:
    """The client of this process for a service, made when it is first asked for and closed at the end."""
    client = InternalClient(settings, caller_service, scopes=scopes)
    atexit.register(client.close)
    return client
