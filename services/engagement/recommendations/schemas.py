"""What scoring answers, as far as a message speaks of it."""

from pydantic import BaseModel, ConfigDict


class Offered(BaseModel):
    """A product to offer; a product without a title in the catalogue is not spoken of."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    sku: str
    titles: dict[str, str] | None = None

    def title(self, locale: str) -> str | None:
        """Its name in a language, else in another one."""
        titles = self.titles or {}
        return titles.get(locale.partition("-")[0]) or next(iter(titles.values()), None)
