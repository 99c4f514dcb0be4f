"""The development sink: files that a person can open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest

from services.engagement.channels.adapters.sink import Sink
from tests.engagement.channels.test_smtp import outgoing

pytestmark = pytest.mark.capability("C-23")


def test_each_message_can_be_opened_and_the_index_shows_the_newest_first(tmp_path: Path) -> None:
    sink, first = Sink(tmp_path / "sink"), outgoing()
    sink.send(first)
    sink.send(outgoing(message_id=UUID(int=8), subject="第二封 <b>", at=first.at + timedelta(seconds=1)))
    sink.close()
    index = (tmp_path / "sink" / "index.html").read_text()
    assert index.index("第二封 &lt;b&gt;") < index.index("李娜，生日快乐")
    page = next((tmp_path / "sink").glob("*07-email.html")).read_text()
    assert "<p>生日快乐</p>" in page
    assert "lina@example.com" in page
    assert "script" not in page.replace("Content-Security-Policy", "")
    mail = message_from_bytes(next((tmp_path / "sink").glob("*07-email.eml")).read_bytes(), policy=policy.default)
    assert mail["Subject"] == "李娜，生日快乐 🎂"


def test_a_short_message_is_shown_too(tmp_path: Path) -> None:
    sink = Sink(tmp_path)
    sms = outgoing(channel="sms", to="+8613800138000", html=None, sender_address="", subject="", text="生日快乐")
    assert sink.send(sms).result == "accepted"
    sink.close()
    page = next(tmp_path.glob("*-sms.html"))
    assert "生日快乐" in page.read_text()
    assert f'href="{page.name}">{page.stem}</a>' in (tmp_path / "index.html").read_text()
    assert "+8613800138000" in (tmp_path / "index.html").read_text()


def test_two_workers_share_a_sink(tmp_path: Path) -> None:
    def work(number: int) -> None:
        sink = Sink(tmp_path)
        sink.send(outgoing(message_id=UUID(int=number)))
        sink.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(20)))
    assert (tmp_path / "index.html").read_text().count(".eml") == 20
    assert list(tmp_path.glob(".*")) == []


def test_a_full_or_forbidden_folder_may_be_tried_again_later(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert Sink(tmp_path / "file").send(outgoing()).result == "later"
