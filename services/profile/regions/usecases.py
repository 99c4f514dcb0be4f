"""Regions: loading the tree, and finding one."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.profile.regions import repository, rules
from services.profile.regions.tables import Region
from shared.errors import FieldError, Invalid, NotFound
from shared.web.dependencies import PageRequest
from shared.web.schemas import Listing


def load(session: Session, named: Sequence[tuple[str, str, str]]) -> None:
    """Store the tree, given as (code, name in Chinese, name in Latin letters); safe to repeat."""
    codes = {code for code, _, _ in named}
    rows = [
        {"code": code, "parent": _parent(code, codes), "level": rules.level(code), "titles": {"zh": zh, "en": en}}
        for code, zh, en in named
    ]
    repository.add(session, rows)


def get(session: Session, code: str) -> Region:
    """One region; raises NotFound."""
    region = session.get(Region, code)
    if region is None:
        raise NotFound(f"There is no region {code}.")
    return region


def children(session: Session, code: str, page: PageRequest) -> Listing[Any]:
    """What lies directly under a region; raises NotFound."""
    get(session, code)
    return repository.children(session, code, page)


def require(session: Session, codes: Collection[str], field: str) -> None:
    """Raise Invalid unless these are regions, or codes of ISO 3166, of which we have no tree."""
    if missing := unknown(session, codes):
        fault = FieldError(field, "reference_not_found", f"There is no region {missing[0]}.")
        raise Invalid(f"Not valid: {field}.", errors=[fault])


def unknown(session: Session, codes: Collection[str]) -> list[str]:
    """Of these codes, those that no region has; of ISO 3166 we have no tree and believe every code."""
    ours = {code for code in codes if code.isdigit()}
    return sorted(ours - set(repository.titles(session, ours))) if ours else []


def _parent(code: str, codes: Collection[str]) -> str | None:
    return next((one for one in rules.ancestors(code) if one in codes), None)
