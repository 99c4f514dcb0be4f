"""Statements about the tree of categories."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Select, Text, func, literal, select, text
from sqlalchemy.orm import Session

from services.profile.categories.schemas import CategoryFilter
from services.profile.categories.tables import ProductCategory
from shared import locks
from shared.db import NOTHING, put
from shared.ids import derived_id
from shared.web.dependencies import PageRequest
from shared.web.pagination import paginate
from shared.web.schemas import Listing
from shared.web.versioned import stamps

SORTS = {
    "code": (ProductCategory.code,),
    "created_at": (ProductCategory.created_at, ProductCategory.code),
    "updated_at": (ProductCategory.updated_at, ProductCategory.code),
}
REVIVE = text(
    "UPDATE product_category SET archived_at = NULL, updated_at = :at, version = version + 1 "
    "WHERE code = ANY(:codes) AND archived_at IS NOT NULL"
)


def lock_tree(session: Session) -> None:
    """Keep everybody else from moving branches until the transaction ends: two moves together could close a circle."""
    locks.alone(session, "product_category")


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Store categories whose code is not taken; whether any was stored."""
    return bool(put(session, ProductCategory, rows, on_conflict=NOTHING, key=["code"], returning=["code"]))


def revive(session: Session, codes: Collection[str], now: datetime) -> None:
    """Put archived ones of these back into the tree."""
    session.execute(REVIVE, {"codes": sorted(codes), "at": now})


def fresh(code: str, parent: str | None, titles: Mapping[Any, Any], now: datetime) -> dict[str, Any]:
    """A new category as a row."""
    told = {"code": code, "parent": parent, "titles": dict(titles)}
    return {"category_id": derived_id("product-category", code), **told, **stamps(now)}


def within(codes: Collection[str]) -> Select[tuple[str]]:
    """These codes and those of all categories below them; a code that is no category stands for itself."""
    given = select(func.unnest(literal(list(codes), ARRAY(Text))).label("code"))
    tree = given.cte("within", recursive=True)
    below = select(ProductCategory.code).join(tree, ProductCategory.parent == tree.c.code)
    return select(tree.union(below).c.code)


def above(session: Session, code: str) -> set[str]:
    """A category and all that it lies in; empty when there is no such category."""
    tree = select(ProductCategory.code, ProductCategory.parent).where(ProductCategory.code == code)
    path = tree.cte("above", recursive=True)
    higher = select(ProductCategory.code, ProductCategory.parent).join(path, ProductCategory.code == path.c.parent)
    return set(session.scalars(select(path.union(higher).c.code)))


def has_children(session: Session, code: str) -> bool:
    """Whether categories in use lie directly in this one."""
    child = select(ProductCategory.code).where(ProductCategory.parent == code, ProductCategory.archived_at.is_(None))
    return session.scalar(child.limit(1)) is not None


def listed(session: Session, wanted: CategoryFilter, page: PageRequest) -> Listing[Any]:
    """Categories in use."""
    statement = select(ProductCategory).where(ProductCategory.archived_at.is_(None))
    if wanted.code is not None:
        statement = statement.where(ProductCategory.code.in_(wanted.code))
    if wanted.parent is not None:
        statement = statement.where(ProductCategory.parent.in_(wanted.parent))
    if wanted.within is not None:
        statement = statement.where(ProductCategory.code.in_(within(wanted.within)))
    return paginate(session, statement, page, SORTS, default="code")
