from pathlib import Path
from uuid import UUID

import pytest

from deploy.local import folders, kafka
from deploy.local.jars import jars


def test_storage_is_prepared_whatever_the_cluster_id_begins_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.kafka.uuid.uuid4", lambda: UUID(bytes=b"\xfb" * 16))  # "-_v7…" as Kafka writes it
    kafka.program(tmp_path, jars(folders.cache()), 1, 2)
    assert "cluster.id=-_v7" in (tmp_path / "kafka" / "data" / "meta.properties").read_text()
