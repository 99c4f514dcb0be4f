"""Product rules over HTTP."""

from typing import Annotated, Any

from fastapi import Path, Query

from services.scoring.baskets import repository, usecases
from services.scoring.baskets.schemas import CompanionsOut, NewMining, RuleOut
from services.scoring.baskets.tables import Level
from shared.jobs import Job
from shared.web.dependencies import CurrentRuntime, Now, Page, ReadSession, WriteSession
from shared.web.jobs import JobOut
from shared.web.routing import ALL, OWN, REQUIRED, Router
from shared.web.schemas import Label, Listing, Sku

router = Router("", tag="Product rules")
Least = Annotated[float, Query(ge=0, le=1)]


@router.get("/product-rules", scope="scoring:read", response_model=Listing[RuleOut])
def list_product_rules(
    session: ReadSession,
    page: Page,
    *,
    level: Level = Level.SKU,
    item: Annotated[Label | None, Query(description="Rules that name this product or category.")] = None,
    sku: Annotated[Sku | None, Query(description="The same for a product.")] = None,
    min_support: Least = 0,
    min_confidence: Least = 0,
) -> Any:
    """Rules among products, or among categories; `sort` by confidence, lift or support."""
    least = {"support": min_support, "confidence": min_confidence}
    return repository.listed(session, level, item or sku, least, page)


@router.post(
    "/product-rules/mine",
    scope="scoring:admin",
    idempotency=REQUIRED,
    status_code=202,
    location="/jobs/{id}",
    response_model=JobOut,
)
def mine_product_rules(body: NewMining, session: WriteSession, runtime: CurrentRuntime, now: Now) -> Job:
    """Find rules and pairs anew, as a job; those before count until it is done."""
    return usecases.start(session, runtime.service, body, now)


@router.get("/products/{sku}/bought-together", scope="scoring:read", member=OWN, managers=ALL)
def list_companions(
    sku: Annotated[Sku, Path(examples=["TEA-01"])],
    session: ReadSession,
    limit: Annotated[int, Query(ge=1, le=50, description="How many items.")] = 10,
) -> CompanionsOut:
    """Products for sale that baskets with this one also hold, the likeliest first."""
    return usecases.companions(session, sku, limit)
