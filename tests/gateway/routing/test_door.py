"""Requests through a running gateway to running services."""

import gzip
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import jwt
import orjson
import pytest

from shared.auth.tokens import secret_of
from shared.testing.plugin import RuntimeFactory
from tests.gateway.conftest import Gateway, running
from tests.gateway.servers import free_port, serving
from tests.gateway.upstreams import FakeService

CUSTOMER = "/v1/customers/0190f6a0-7d4e-7c3a-9b1e-2f4d5a6b7c8d"


@pytest.mark.capability("C-42")
def test_a_request_reaches_its_service_with_a_token_for_that_service_and_no_key(gateway: Gateway) -> None:
    with gateway.client() as client:
        answer = client.get(f"{CUSTOMER}/statistics?a=%2F&b=1")
    assert (answer.status_code, answer.headers["etag"]) == (200, '"7"')
    [received] = gateway.scoring.received
    assert received.target == f"{CUSTOMER}/statistics?a=%2F&b=1"
    assert gateway.key not in str(received)
    token = received.headers["authorization"].removeprefix("Bearer ")
    secret = secret_of(gateway.runtime.settings, "scoring")
    claims = jwt.decode(
        token, secret, ["HS256"], audience="scoring", options={"verify_exp": False, "verify_iat": False}
    )
    assert claims["kind"] == "api_key"
    assert "scoring:read" in claims["scopes"]
    assert claims["exp"] - claims["iat"] == 60


def test_the_ids_of_request_and_trace_go_through_and_come_back(gateway: Gateway) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    with gateway.client(**{"X-Request-Id": "import-0042", "traceparent": trace}) as client:
        answer = client.get(CUSTOMER)
        assert answer.headers["x-request-id"] == "import-0042"
        assert gateway.profile.received[0].headers["x-request-id"] == "import-0042"
        assert gateway.profile.received[0].headers["traceparent"][3:35] == trace[3:35]
        made = httpx.get(gateway.url + CUSTOMER, headers={"Authorization": f"Bearer {gateway.key}"})
    assert len(made.headers["x-request-id"]) == 32


def test_a_service_learns_how_long_the_caller_waits(gateway: Gateway) -> None:
    with gateway.client() as client:
        client.get(CUSTOMER)
        client.post("/v1/orders/batch", json={})
    assert [one.headers["x-guanxi-deadline-ms"] for one in gateway.profile.received] == ["5000", "30000"]


@pytest.mark.capability("C-42")
@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer nonsense", "Basic Z3g6", f"Bearer gx_{'0' * 32}_x"])
def test_without_a_good_key_nothing_passes(gateway: Gateway, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = httpx.get(gateway.url + CUSTOMER, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["content-type"] == "application/problem+json"
    assert gateway.profile.received == []


def test_a_right_id_with_a_wrong_secret_opens_nothing(gateway: Gateway) -> None:
    answer = httpx.get(gateway.url + CUSTOMER, headers={"Authorization": f"Bearer {gateway.key}x"})
    assert answer.status_code == 401


def test_a_key_without_the_scope_is_refused_at_the_door(gateway: Gateway) -> None:
    key = gateway.new_key("profile:write")
    answer = httpx.get(f"{gateway.url}{CUSTOMER}/statistics", headers={"Authorization": f"Bearer {key}"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert gateway.scoring.received == []


def test_a_write_key_reads_nothing(gateway: Gateway) -> None:
    key = gateway.new_key("ingest")
    answer = httpx.get(gateway.url + CUSTOMER, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/internal/reach", "/v1/customers//x"])
def test_an_unknown_path_is_a_problem(gateway: Gateway, path: str) -> None:
    with gateway.client() as client:
        answer = client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_internal_paths_of_services_cannot_be_reached(gateway: Gateway) -> None:
    with gateway.client() as client:
        for path in ("/internal/reach", "/v1/%2e%2e/internal/reach", "/v1/customers/..%2f..%2finternal%2freach"):
            client.get(path)
    assert gateway.profile.received == gateway.scoring.received == []


def test_a_wrong_method_is_told_the_right_ones(gateway: Gateway) -> None:
    with gateway.client() as client:
        answer = client.delete(CUSTOMER)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PATCH")
    assert answer.json()["code"] == "method_not_allowed"


@pytest.mark.capability("C-01")
@pytest.mark.parametrize("size", [0, 200_000])
def test_a_signed_body_reaches_its_service_to_the_byte(gateway: Gateway, size: int) -> None:
    """Whatever its type and however it is written: a signature is over the raw bytes."""
    body = '{ "id":1.50,\r\n "\\u00e9\\/":"\u00e9" }\n'.encode() + b" " * size
    head = {"X-WC-Webhook-Signature": "c2lnbmVk+/=", "Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(f"{gateway.url}/v1/webhooks/in/woocommerce/0190f6a0?a=%2F", content=body, headers=head)
    assert answer.status_code == 200
    [received] = gateway.profile.received
    assert (received.body, received.target) == (body, "/v1/webhooks/in/woocommerce/0190f6a0?a=%2F")
    assert received.headers["x-wc-webhook-signature"] == "c2lnbmVk+/="
    assert received.headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_public_path_needs_no_key_and_carries_none(gateway: Gateway) -> None:
    answer = httpx.get(f"{gateway.url}/v1/public/preferences/abc", headers={"Authorization": "Bearer something"})
    assert answer.status_code == 200
    assert "authorization" not in gateway.profile.received[0].headers


@pytest.mark.parametrize(("prefix", "service"), [("prf", "profile"), ("scr", "scoring")])
def test_a_job_is_asked_for_where_its_id_says(gateway: Gateway, prefix: str, service: str) -> None:
    with gateway.client() as client:
        assert client.get(f"/v1/jobs/{prefix}_0190f6a0").status_code == 200
        assert client.get("/v1/jobs/xyz_0190f6a0").status_code == 404
    assert len(getattr(gateway, service).received) == 1


def test_own_paths_are_answered_here_and_know_the_caller_by_the_same_kind_of_token(gateway: Gateway) -> None:
    with gateway.client(**{"X-Guanxi-Caller": "root"}) as client:
        assert client.get("/v1/whoami").status_code == 200
    [received] = gateway.own.received
    assert "x-guanxi-caller" not in received.headers
    assert received.headers["authorization"].startswith("Bearer ey")


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 65536):
        yield b"x" * 65536


def test_a_large_body_of_unknown_length_streams_through(gateway: Gateway) -> None:
    with gateway.client() as client:
        answer = client.post("/v1/orders/batch", content=chunks(5 * 1024 * 1024))
    assert answer.json()["length"] == 5 * 1024 * 1024
    assert gateway.profile.received[0].headers["transfer-encoding"] == "chunked"


def test_a_large_body_of_known_length_keeps_its_length(gateway: Gateway) -> None:
    body = b"y" * (5 * 1024 * 1024)
    with gateway.client() as client:
        answer = client.post("/v1/orders/batch", content=body)
    assert answer.json()["length"] == len(body)
    assert gateway.profile.received[0].headers["content-length"] == str(len(body))
    assert gateway.profile.received[0].body == body


def test_a_large_answer_streams_back(gateway: Gateway) -> None:
    with gateway.client(**{"X-Please": "stream"}) as client, client.stream("GET", CUSTOMER) as answer:
        assert sum(len(chunk) for chunk in answer.iter_bytes()) == 5 * 1024 * 1024


def test_an_answer_that_breaks_off_breaks_off_for_the_caller_too(gateway: Gateway) -> None:
    with gateway.client(**{"X-Please": "break"}) as client, pytest.raises(httpx.RemoteProtocolError):
        client.get(CUSTOMER)


WHERE = ["basic", "basic without colon", "query", "body", "gzip body", "form-typed gzip body"]


def tracking_request(key: str, where: str) -> dict[str, Any]:
    document = {"batch": [], "writeKey": key} if "body" in where else {"batch": []}
    content = orjson.dumps(document)
    headers = {"Content-Type": "application/json"}
    params = {"writeKey": key} if where == "query" else {}
    if "gzip" in where:
        content, headers["Content-Encoding"] = gzip.compress(content, mtime=0), "gzip"
    if "form" in where:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if "basic" in where:
        user = key if "without" in where else f"{key}:"
        headers["Authorization"] = "Basic " + b64encode(user.encode()).decode()
    return {"content": content, "headers": headers, "params": params}


@pytest.mark.capability("C-01")
@pytest.mark.parametrize("where", WHERE)
def test_tracking_libraries_may_put_their_key_wherever_they_do(gateway: Gateway, where: str) -> None:
    request = tracking_request(gateway.new_key("ingest"), where)
    answer = httpx.post(f"{gateway.url}/v1/batch", **request)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    [received] = gateway.profile.received
    assert received.target == "/v1/batch"
    assert received.body == request["content"]
    assert received.headers["content-type"] == request["headers"]["Content-Type"]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b'{"batch": []}', 401, "unauthenticated"),
        (b'{"writeKey": "gx_unknown"}', 401, "unauthenticated"),
        (b"nonsense", 400, "malformed_request"),
        (b" " * (4 * 1024 * 1024 + 1), 413, "body_too_large"),
    ],
)
def test_tracking_libraries_get_refusals_in_their_own_form(
    gateway: Gateway, content: bytes, status: int, code: str
) -> None:
    answer = httpx.post(f"{gateway.url}/v1/track", content=content)
    assert answer.status_code == status
    assert answer.json().keys() == {"code", "message"}
    assert answer.json()["code"] == code
    assert answer.headers["content-type"] == "application/json"


def test_a_browser_may_send_from_any_page(gateway: Gateway) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    answer = httpx.options(f"{gateway.url}/v1/track", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (204, "*")
    assert "authorization" in answer.headers["access-control-allow-headers"]
    assert httpx.options(f"{gateway.url}/v1/orders", headers=asked).status_code == 405


def test_a_dead_service_is_said_so_at_once_and_the_others_work_on(runtime_of: RuntimeFactory) -> None:
    profile = FakeService()
    with ExitStack() as stack:
        addresses = {
            "profile": stack.enter_context(serving(profile)),
            "scoring": f"http://127.0.0.1:{free_port()}",
        }
        fakes = (profile, FakeService(), FakeService())
        gateway = stack.enter_context(running(runtime_of("gateway"), addresses, *fakes))
        client = stack.enter_context(gateway.client())
        answer = client.get(f"{CUSTOMER}/statistics")
        assert (answer.status_code, answer.json()["code"]) == (503, "dependency_unavailable")
        assert int(answer.headers["retry-after"]) >= 1
        assert client.get(CUSTOMER).status_code == 200
