"""Bodies: limits, compression, encodings."""

import gzip
import socket
from collections.abc import Iterator

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import GuanxiError, Malformed, TooLarge
from shared.web.bodies import DEEPEST, DEFAULT_LIMIT, LONGEST, parse_json, unzip_limited
from tests.shared.web.conftest import Served
from tests.shared.web.jars import jar

JSON = {"Content-Type": "application/json"}
ZIPPED = JSON | {"Content-Encoding": "gzip"}
BIG = b'{"code": "a", "note": "' + b"x" * DEFAULT_LIMIT + b'"}'


def _sent(example: Served, content: bytes | Iterator[bytes], headers: dict[str, str] = JSON) -> tuple[int, str | None]:
    answer = example.http.post("/v1/jars", content=content, headers=example.admin | headers)
    return answer.status_code, answer.json().get("code")


def _pieces(content: bytes) -> Iterator[bytes]:
    for at in range(0, len(content), 50_000):
        yield content[at : at + 50_000]


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "application/merge-patch+json"]
)
def test_json_is_read(example: Served, kind: str) -> None:
    assert _sent(example, orjson.dumps(jar()), {"Content-Type": kind})[0] == 201


@pytest.mark.parametrize(
    "headers", [{}, {"Content-Type": "text/plain"}, {"Content-Type": "application/x-www-form-urlencoded"}]
)
def test_anything_else_is_415(example: Served, headers: dict[str, str]) -> None:
    assert _sent(example, orjson.dumps(jar()), headers) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b'{"code": "\xff"}',
        b"nope",
        b'{"code": NaN}',
        b"[" * 2000 + b"]" * 2000,
        b'{"note": "\\ud800"}',
        b'{"note":"a\\u0000"}',
    ],
)
def test_what_cannot_be_read_is_400(example: Served, content: bytes) -> None:
    assert _sent(example, content) == (400, "malformed_request")


def test_no_body_at_all_is_a_missing_body(example: Served) -> None:
    assert _sent(example, b"") == (422, "validation_failed")


def test_a_body_over_the_limit_is_413_also_without_a_declared_length(example: Served) -> None:
    assert _sent(example, BIG) == (413, "body_too_large")
    assert _sent(example, _pieces(BIG)) == (413, "body_too_large")
    assert _sent(example, _pieces(BIG[: DEFAULT_LIMIT // 2] + b'"}'))[0] == 422


def test_a_body_larger_than_it_says_is_cut_where_it_says(example: Served) -> None:
    """The declared length is not trusted: what follows it is another request, and no good one."""
    host = example.url.removeprefix("http://").split(":")
    head = f"POST /v1/jars HTTP/1.1\r\nhost: x\r\nauthorization: {example.admin['Authorization']}\r\n"
    with socket.create_connection((host[0], int(host[1])), 10) as raw:
        raw.sendall(head.encode() + b"content-type: application/json\r\ncontent-length: 2\r\n\r\n{}" + b"x" * 100)
        assert raw.recv(65536).startswith(b"HTTP/1.1 4")
    assert example.get("/v1/jars").json()["items"] == []


def test_gzip_is_unpacked(example: Served) -> None:
    assert _sent(example, gzip.compress(orjson.dumps(jar())), ZIPPED)[0] == 201


@pytest.mark.parametrize(
    "content", [b"no gzip", gzip.compress(b"{}", mtime=0)[:-4], gzip.compress(b"{}", mtime=0) + b"more"]
)
def test_bad_gzip_is_400(example: Served, content: bytes) -> None:
    assert _sent(example, content, ZIPPED) == (400, "malformed_request")


def test_a_gzip_bomb_is_413(example: Served) -> None:
    bomb = gzip.compress(b" " * 200_000_000, mtime=0)
    assert len(bomb) < DEFAULT_LIMIT
    assert _sent(example, bomb, ZIPPED) == (413, "body_too_large")


def test_other_encodings_are_415(example: Served) -> None:
    assert _sent(example, b"{}", JSON | {"Content-Encoding": "br"}) == (415, "unsupported_media_type")


@given(st.binary(max_size=2000), st.integers(0, 3000))
def test_unpacking_returns_the_bytes_or_refuses_by_the_limit(plain: bytes, limit: int) -> None:
    packed = gzip.compress(plain, mtime=0)
    if len(plain) <= limit:
        assert unzip_limited(packed, limit) == plain
    else:
        with pytest.raises(TooLarge):
            unzip_limited(packed, limit)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for read in (parse_json, lambda body: unzip_limited(body, 1000)):
        try:
            read(content)
        except GuanxiError as error:
            assert error.status in (400, 413)


@given(st.integers(1, 100), st.booleans())
def test_nesting_is_limited(depth: int, objects: bool) -> None:
    content = b'{"a":' * depth + b"1" + b"}" * depth if objects else b"[" * depth + b"]" * depth
    if depth <= DEEPEST:
        parse_json(content)
    else:
        with pytest.raises(Malformed):
            parse_json(content)


@pytest.mark.parametrize("texts", [['"]"', '"["'], ['"\\"]"', '"\\"["']])
def test_brackets_within_texts_do_not_hide_nesting(texts: list[str]) -> None:
    closing, opening = texts
    deep = f"[{closing}," * (DEEPEST + 1) + "[]" + f",{opening}]" * (DEEPEST + 1)
    with pytest.raises(Malformed):
        parse_json(deep.encode())


def test_wide_is_not_deep() -> None:
    value = [{"a": [1]} for _ in range(5000)]
    assert parse_json(orjson.dumps(value)) == value


@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"a": [{"b": items}]}])
def test_arrays_are_limited(wrap: object) -> None:
    assert callable(wrap)
    parse_json(orjson.dumps(wrap([0] * LONGEST)))
    with pytest.raises(TooLarge) as refused:
        parse_json(orjson.dumps(wrap([0] * (LONGEST + 1))))
    assert refused.value.code == "batch_too_large"
