"""The tree of categories over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends

from services.profile.categories import repository, usecases
from services.profile.categories.schemas import CategoryFilter, CategoryOut, CategoryPatch, NewCategory
from services.profile.categories.tables import ProductCategory
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing

router = Router("/product-categories", tag="Product categories")


@router.get("", scope="profile:read", managers=ALL, response_model=Listing[CategoryOut])
def list_categories(session: ReadSession, page: Page, wanted: Annotated[CategoryFilter, Depends()]) -> Any:
    """Categories in use. A product in a category nobody knows makes it a root, to be named and moved here."""
    return repository.listed(session, wanted, page)


@router.post(
    "", scope="profile:write", status_code=201, location="/product-categories/{id}", response_model=CategoryOut
)
def create_category(body: NewCategory, session: WriteSession, now: Now) -> ProductCategory:
    """Add a category to the tree."""
    return usecases.create(session, body, now)


@router.get("/{category_id}", scope="profile:read", managers=ALL, response_model=CategoryOut)
def read_category(category_id: UUID, session: ReadSession) -> ProductCategory:
    """One category."""
    return usecases.get(session, category_id)


@router.patch("/{category_id}", scope="profile:write", response_model=CategoryOut)
def edit_category(
    category_id: UUID, body: CategoryPatch, session: WriteSession, if_match: IfMatch, now: Now
) -> ProductCategory:
    """Name or move a category (JSON Merge Patch). One that was archived comes back."""
    return usecases.edit(session, category_id, body, if_match, now)


@router.delete("/{category_id}", scope="profile:write")
def archive_category(category_id: UUID, session: WriteSession, now: Now) -> None:
    """Take a category out of the tree; products keep it, and the next one that is told in it brings it back."""
    usecases.archive(session, category_id, now)
