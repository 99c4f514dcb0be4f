"""The scheme of promotion periods."""

from datetime import date

from pydantic import Field, model_validator

from services.scoring.schemes.schemas import Titles
from shared.web.schemas import Body, Code

MOST, LONGEST = 400, 366  # periods, days of one


class PromotionPeriod(Body):
    """Days of a promotion in the business time zone, the first and the last included. Periods may overlap."""

    code: Code = Field(examples=["singles-day-2026"])
    titles: Titles
    first: date = Field(examples=["2026-11-01"])
    last: date = Field(examples=["2026-11-11"])

    @model_validator(mode="after")
    def _ordered(self) -> "PromotionPeriod":
        if not 0 <= (self.last - self.first).days < LONGEST:
            raise ValueError(f"last must be the first day or one of the {LONGEST - 1} days after it")
        return self


class PromotionsScheme(Body):
    """All periods there are. An order of such a day counts as bought in a promotion, whatever it cost."""

    periods: list[PromotionPeriod] = Field(default=[], max_length=MOST)

    @model_validator(mode="after")
    def _distinct(self) -> "PromotionsScheme":
        if len({one.code for one in self.periods}) < len(self.periods):
            raise ValueError("no two periods may have one code")
        return self
