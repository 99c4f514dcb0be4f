"""The jars of Apache Kafka: resolved by jgo from a Maven repository, each held against its SHA-256 in deploy/kafka."""

import fcntl
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import requests
from jgo.maven import Artifact, MavenContext, PythonResolver
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from deploy.local.problems import StackError

VERSION = "4.3.1"
COORDINATES = (
    f"org.apache.kafka:kafka_2.13:{VERSION}",
    "org.apache.logging.log4j:log4j-slf4j-impl:2.25.4",  # without it the broker is silent about its troubles
)
SUMS = Path(__file__).parent.parent / "kafka" / "jars.sha256"
CONNECT_SECONDS = 60


def jars(cache: Path) -> Path:
    """The folder with all jars, downloaded on the first call and checked before they are used."""
    folder = cache / f"kafka-{VERSION}-{hashlib.sha256(SUMS.read_bytes()).hexdigest()[:8]}"
    cache.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time(cache / "kafka.lock"):
        missing = {name: total for name, total in sums().items() if not (folder / name).exists()}
        if missing:
            folder.mkdir(parents=True, exist_ok=True)
            _download(cache / "maven", folder, missing)
    return folder


def sums() -> dict[str, str]:
    """File name and SHA-256 of every jar, as `sha256sum` writes them."""
    return {name: total for total, name in (line.split() for line in SUMS.read_text().splitlines())}


def resolve(repository: Path, progress: Progress) -> list[Artifact]:
    """What Kafka needs at run time; reads descriptions only, no jar.

    Each of the coordinates is resolved alone: together, the versions that one manages would be imposed on the other.
    """
    context = MavenContext(
        resolver=PythonResolver(progress_callback=_bar(progress)), repo_cache=repository, timeout=CONNECT_SECONDS
    )
    found: dict[tuple[str, str], Artifact] = {}
    for text in COORDINATES:
        inputs, others = context.resolver.resolve([context.create_dependency(text)])
        needed = [*inputs, *(other for other in others if other.scope in {"compile", "runtime"})]
        for artifact in (dependency.artifact for dependency in needed):
            found.setdefault((artifact.groupId, artifact.artifactId), artifact)
    return list(found.values())


def _download(repository: Path, folder: Path, missing: dict[str, str]) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task(f"Apache Kafka {VERSION}: looking up jars", total=None)
        try:
            artifacts = {artifact.filename: artifact for artifact in resolve(repository, progress)}
            for number, (name, total) in enumerate(missing.items(), start=1):
                progress.update(task, description=f"Apache Kafka {VERSION}: jar {number} of {len(missing)}")
                _fetch(artifacts[name], total, folder / name)
        except requests.RequestException as error:
            raise StackError(
                "Kafka could not be downloaded, the Maven repository is not reachable: "
                f"connect this machine once, later starts need no network ({type(error).__name__})."
            ) from error


def _fetch(artifact: Artifact, expected: str, target: Path) -> None:
    """One jar, held against the pinned sum; a file broken by an earlier interruption is fetched once more."""
    path = artifact.resolve()
    if not is_sound(path, expected):
        path.unlink()
        path = artifact.resolve()
    if not is_sound(path, expected):
        path.unlink()
        raise StackError(
            f"{target.name} is not the file it should be (SHA-256 differs): the download is not to be trusted."
        )
    part = target.with_name(f".{target.name}")
    part.unlink(missing_ok=True)
    os.link(path, part)
    part.replace(target)


def is_sound(path: Path, expected: str) -> bool:
    """Whether a jar has the pinned SHA-256 and opens as an archive."""
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != expected:
            return False
    return zipfile.is_zipfile(path)


def _bar(progress: Progress) -> Callable[[str, int], AbstractContextManager[Callable[[int], None]]]:
    @contextmanager
    def bar(name: str, size: int) -> Iterator[Callable[[int], None]]:
        task = progress.add_task(name, total=size)
        yield lambda count: progress.advance(task, count)
        progress.remove_task(task)

    return bar


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Two stacks that start together share one download."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
