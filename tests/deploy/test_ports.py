import json
import socket
from pathlib import Path

from deploy.local import ports


def test_a_listening_port_is_not_free() -> None:
    with socket.socket() as server:
        server.bind((ports.HOST, 0))
        server.listen()
        taken = server.getsockname()[1]
        assert not ports.is_free(taken)
    assert ports.is_free(taken)


def test_chosen_ports_differ() -> None:
    assert len(set(ports.choose(30))) == 30


def test_ports_are_kept_over_restarts(tmp_path: Path) -> None:
    kept = tmp_path / "ports.json"
    assert ports.keep(kept, ["a", "b"]) == ports.keep(kept, ["a", "b"])


def test_a_port_that_somebody_took_is_replaced_and_the_others_stay(tmp_path: Path) -> None:
    kept = tmp_path / "ports.json"
    before = ports.keep(kept, ["a", "b"])
    with socket.socket() as server:
        server.bind((ports.HOST, before["a"]))
        server.listen()
        after = ports.keep(kept, ["a", "b", "c"])
    assert after["a"] != before["a"]
    assert after["b"] == before["b"]
    assert json.loads(kept.read_text()) == after
