"""Exchange rates over HTTP."""

from datetime import date
from typing import Annotated

from fastapi import Path, Query

from services.profile.exchange_rates import repository, usecases
from services.profile.exchange_rates.schemas import NewRate, RateOut
from shared.web.dependencies import Now, Page, ReadSession, WriteSession
from shared.web.routing import Router
from shared.web.schemas import Listing, Many

router = Router("/exchange-rates", tag="Exchange rates")
CurrencyPath = Annotated[str, Path(pattern="^[A-Z]{3}$", examples=["USD"])]
Currencies = Annotated[Many[Annotated[str, Query(pattern="^[A-Z]{3}$")]] | None, Query()]


@router.get("", scope="profile:read")
def list_rates(
    session: ReadSession,
    page: Page,
    currency: Currencies = None,
    day_from: date | None = None,
    day_to: date | None = None,
) -> Listing[RateOut]:
    """Rates by currency and day. A rate counts until the next day that has one."""
    return repository.listed(session, currency, day_from, day_to, page)


@router.put("/{currency}/{day}", scope="profile:write")
def put_rate(currency: CurrencyPath, day: date, body: NewRate, session: WriteSession, now: Now) -> RateOut:
    """Set the price of one unit in base currency from a day on. Orders that are stored keep the rate they have."""
    return RateOut.model_validate(usecases.put_rate(session, currency, day, body.rate, now))
