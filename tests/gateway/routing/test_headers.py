"""What passes the gateway and what ends there."""

import pytest

from services.gateway.routing import headers
from shared.telemetry import tracing


def test_credentials_and_claims_of_the_caller_end_at_the_gateway() -> None:
    given = [
        (b"authorization", b"Bearer gx_1_2"),
        (b"cookie", b"a=b"),
        (b"x-forwarded-for", b"10.0.0.1"),
        (b"forwarded", b"for=10.0.0.1"),
        (b"x-guanxi-deadline", b"9"),
        (b"transfer-encoding", b"chunked"),
        (b"host", b"example.org"),
        (b"accept", b"application/json"),
    ]
    assert list(headers.onward(given, [("authorization", "Bearer ours")]).items()) == [
        ("accept", "application/json"),
        ("authorization", "Bearer ours"),
    ]


def test_what_a_side_names_in_connection_is_for_its_neighbour_only() -> None:
    given = [(b"connection", b"close, X-Mine"), (b"x-mine", b"1"), (b"x-other", b"2")]
    assert list(headers.onward(given, []).items()) == [("x-other", "2")]
    assert headers.back([(b"Connection", b"X-Mine"), (b"X-Mine", b"1"), (b"ETag", b'"3"')], []) == [(b"etag", b'"3"')]


def test_a_header_that_stands_twice_stands_twice_behind_the_gateway() -> None:
    given = [(b"accept", b"a"), (b"accept", b"b")]
    assert headers.onward(given, []).getall("accept") == ["a", "b"]


@pytest.mark.parametrize("given", [None, "", "short", "a" * 65, "has space in it", "line\nbreak-here"])
def test_a_poor_request_id_is_replaced(given: str | None) -> None:
    assert headers.request_id(given) != given


def test_a_decent_request_id_is_kept() -> None:
    assert headers.request_id("order-import.42") == "order-import.42"


def test_the_next_one_continues_the_same_trace() -> None:
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert headers.trace_parent(tracing.parent_of(given)) == given
