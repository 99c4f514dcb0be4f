"""Reading the schemes that count, and putting a new version in force."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.scoring.schemes import repository, rules
from services.scoring.schemes.tables import Scheme
from shared import locks
from shared.db import put
from shared.messaging import outbox


def in_force(session: Session) -> dict[str, Scheme]:
    """The schemes that count, by kind; a kind of which there was none yet is absent."""
    return {scheme.kind: scheme for scheme in repository.newest(session)}


def current(session: Session, kind: str) -> Scheme | None:
    """The version in force; None before there was any."""
    return repository.latest(session, kind)


def get(session: Session, kind: str, version: int) -> Scheme:
    """One version; raises NotFound."""
    return repository.get(session, kind, version)


def before(session: Session, scheme: Scheme) -> Scheme | None:
    """The version of the same kind that was in force before this one."""
    return repository.latest(session, scheme.kind, below=scheme.scheme_version)


def settle(session: Session, scheme: Scheme, now: datetime) -> None:
    """Note that everybody was assessed by a version."""
    repository.settle(session, scheme.kind, scheme.scheme_version, now)


def newest_version(session: Session) -> int:
    """The newest version among the schemes, which says what of every kind is in force; 0 before any was published."""
    return repository.last(session)


def publish(session: Session, kind: str, content: dict[str, Any], cause: str, now: datetime) -> Scheme:
    """Put `content` in force as the next version, and tell. Two at one time end as two versions, one after the other.

    Versions count through all kinds: an assessment that names one says which of every kind was in force.
    """
    locks.alone(session, "schemes")
    last = repository.last(session)
    row = {"kind": kind, "scheme_version": last + 1, "content": content, "cause": cause, "effective_at": now}
    put(session, Scheme, [row])
    outbox.add(session, [rules.told(kind, last + 1, content, now, now)])
    return Scheme(**row)
