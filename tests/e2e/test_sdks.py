"""The unmodified Python tracking libraries through the gateway, with the write key that the stack made."""

import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.profile.ingestion.libraries import LIBRARIES, walk
from tests.stack import Stack

pytestmark = pytest.mark.capability("C-01")


@pytest.fixture(scope="module")
def node_walk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The walk beside the Node libraries, as npm installs them."""
    if shutil.which("npm") is None:
        pytest.skip("Node.js with npm is not installed")
    folder = tmp_path_factory.mktemp("node") / "walk"
    shutil.copytree(Path(__file__).parent / "node", folder)
    subprocess.run(["npm", "install", "--no-package-lock", "--ignore-scripts"], cwd=folder, check=True, timeout=170)
    return folder / "walk.js"


@pytest.mark.parametrize("library", LIBRARIES, ids=lambda one: one.__name__)
def test_a_library_delivers_everything_and_what_is_refused_can_be_corrected(
    stack: Stack, shop: httpx.Client, library: Any
) -> None:
    run = uuid4().hex[:10]
    errors: list[Any] = []
    with library(stack.gateway, stack.write_key, errors) as client:
        walk(client, run)
    assert errors == []
    _arrived_and_correctable(shop, run)


@pytest.mark.node
@pytest.mark.parametrize("library", ["segment", "rudder", "rudderPacked"])
def test_a_node_library_delivers_everything_and_what_is_refused_can_be_corrected(
    stack: Stack, shop: httpx.Client, node_walk: Path, library: str
) -> None:
    run = uuid4().hex[:10]
    command = ["node", str(node_walk), library, stack.gateway, stack.write_key, run]
    assert subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout == "[]\n"
    _arrived_and_correctable(shop, run)


def test_a_wrong_key_is_an_error_once_and_nothing_is_stored(stack: Stack, shop: httpx.Client) -> None:
    run = uuid4().hex[:10]
    errors: list[Any] = []
    with LIBRARIES[0](stack.gateway, "gx_wrong_key", errors) as client:
        walk(client, run)
    assert len(errors) == 1
    assert shop.get(f"/v1/orders/shop:A-2{run}").status_code == 404


def _refused(shop: httpx.Client, message_id: str) -> dict[str, Any]:
    """The open rejection of a message; the admin key of the stack sees what was sent."""
    for one in shop.get("/v1/rejections", params={"door": "sdk", "status": "open"}).json()["items"]:
        found: dict[str, Any] = shop.get(f"/v1/rejections/{one['id']}").json()
        if found["body"] and found["body"].get("messageId") == message_id:
            return found
    raise AssertionError("the refused message is not among the rejections")


def _arrived_and_correctable(shop: httpx.Client, run: str) -> None:
    order = shop.get(f"/v1/orders/shop:A-2{run}").json()
    assert (order["status"], order["totals"]["net"]) == ("paid", "59.90")
    refused = _refused(shop, f"wrong{run}")
    body = refused["body"] | {"properties": {"order_id": f"A-1{run}", "total": 1}}
    answer = shop.post(f"/v1/rejections/{refused['id']}/resubmit", json=body)
    assert (answer.status_code, answer.json()["status"]) == (200, "resubmitted")
    assert shop.get(f"/v1/orders/shop:A-1{run}").json()["customer_id"] == order["customer_id"]
