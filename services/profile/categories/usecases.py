"""Keeping the tree of categories: it has no circle, and every category that a product names is in it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from services.profile.categories import repository
from services.profile.categories.schemas import CategoryPatch, NewCategory
from services.profile.categories.tables import ProductCategory
from shared.errors import Conflict, FieldError, Invalid, NotFound
from shared.web.versioned import archived, moved_on, patched


def meet(session: Session, codes: Collection[str], now: datetime) -> None:
    """Make roots of codes that are not in the tree, without titles yet; one that was archived comes back."""
    if codes:
        repository.add(session, [repository.fresh(code, None, {}, now) for code in sorted(set(codes))])
        repository.revive(session, codes, now)


def within(codes: Collection[str]) -> Select[tuple[str]]:
    """These codes and all below them as a subquery: a category always is its subtree. Unknown codes are themselves."""
    return repository.within(codes)


def create(session: Session, body: NewCategory, now: datetime) -> ProductCategory:
    """Add a category. Raises Conflict `already_exists` for a code that is or was in use, Invalid for its parent."""
    repository.lock_tree(session)
    _require_place(session, body.code, body.parent)
    row = repository.fresh(body.code, body.parent, body.titles, now)
    if not repository.add(session, [row]):
        raise Conflict("There is or was a category of that code.", code="already_exists")
    return get(session, row["category_id"])


def edit(session: Session, category_id: UUID, patch: CategoryPatch, if_match: int, now: datetime) -> ProductCategory:
    """Name or move a category by a JSON Merge Patch; one that was archived comes back.

    Raises PreconditionFailed, and Invalid when it would lie in itself.
    """
    repository.lock_tree(session)
    row = get(session, category_id, locked=True)
    body = patched(row, NewCategory, patch, if_match)
    _require_place(session, body.code, body.parent)
    return moved_on(session, row, now, **body.model_dump(), archived_at=None)


def archive(session: Session, category_id: UUID, now: datetime) -> None:
    """Take a category out of the tree; its products keep it. Raises Conflict `in_use` while others lie in it."""
    repository.lock_tree(session)
    row = get(session, category_id, locked=True)
    if repository.has_children(session, row.code):
        raise Conflict("Other categories lie in it; move or archive them first.", code="in_use")
    archived(session, row, now)


def get(session: Session, category_id: UUID, *, locked: bool = False) -> ProductCategory:
    """One category, archived or not; raises NotFound."""
    row = session.get(ProductCategory, category_id, with_for_update=locked, populate_existing=locked)
    if row is None:
        raise NotFound("There is no such category.")
    return row


def _require_place(session: Session, code: str, parent: str | None) -> None:
    if parent is None:
        return
    path = repository.above(session, parent)
    if code in path or code == parent:
        raise _misplaced("not_allowed", "a category cannot lie in itself")
    if not path:
        raise _misplaced("reference_not_found", f"There is no category {parent}.")


def _misplaced(code: str, message: str) -> Invalid:
    return Invalid("Not valid: parent.", errors=[FieldError("parent", code, message)])
