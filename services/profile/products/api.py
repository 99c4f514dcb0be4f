"""Products over HTTP."""

from typing import Annotated, Any

from fastapi import Depends, Path
from sqlalchemy.orm import Session

from services.profile.products import repository, usecases
from services.profile.products.schemas import NewProduct, ProductFilter, ProductOut, ProductPatch, VersionOut
from shared.web.dependencies import IfMatch, Now, Page, ReadSession, WriteSession
from shared.web.routing import ALL, Router
from shared.web.schemas import Listing, Sku

router = Router("/products", tag="Products")
SkuPath = Annotated[Sku, Path(examples=["tea-01"])]


@router.get("", scope="profile:read", managers=ALL)
def list_products(session: ReadSession, page: Page, wanted: Annotated[ProductFilter, Depends()]) -> Listing[ProductOut]:
    """Products in the catalogue, by sku unless sorted by price, created_at or updated_at."""
    return _answers(repository.listed(session, wanted, page), ProductOut)


@router.post("", scope="profile:write", status_code=201, location="/products/{sku}")
def create_product(body: NewProduct, session: WriteSession, now: Now) -> ProductOut:
    """Add a product; an archived one comes back. Shops that tell all they have use `POST /products/batch`."""
    usecases.create(session, body, now)
    return _answer(session, body.sku)


@router.get("/{sku}", scope="profile:read", managers=ALL)
def read_product(sku: SkuPath, session: ReadSession) -> ProductOut:
    """One product, also one that was archived."""
    return _answer(session, sku)


@router.patch("/{sku}", scope="profile:write")
def edit_product(sku: SkuPath, body: ProductPatch, session: WriteSession, if_match: IfMatch, now: Now) -> ProductOut:
    """Change a product (JSON Merge Patch). It stands until a shop tells something newer; an archived one comes back."""
    usecases.edit(session, sku, body, if_match, now)
    return _answer(session, sku)


@router.delete("/{sku}", scope="profile:write")
def archive_product(sku: SkuPath, session: WriteSession, now: Now) -> None:
    """Take a product out of the catalogue. It stays readable, and a newer report brings it back."""
    usecases.remove(session, sku, now)


@router.get("/{sku}/versions", scope="profile:read", managers=ALL)
def list_versions(sku: SkuPath, session: ReadSession, page: Page) -> Listing[VersionOut]:
    """Every version of a product, newest first: what was told, and what was published of it."""
    repository.found(session, sku)
    return _answers(repository.versions(session, sku, page), VersionOut)


def _answer(session: Session, sku: str) -> ProductOut:
    return ProductOut.of({**repository.found(session, sku)._mapping})


def _answers(page: Listing[Any], answer: type[VersionOut]) -> Listing[Any]:
    return Listing(items=[answer.of({**row._mapping}) for row in page.items], next_cursor=page.next_cursor)
