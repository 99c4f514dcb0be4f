"""The values that templates see, and a text's words for one person."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from services.engagement.language.rules import render
from services.engagement.markup.rules import clean, plain_text
from services.engagement.orders.tables import OrderState
from services.engagement.rendering.schemas import Facts, Words
from shared.money import rounded


def context(facts: Facts) -> dict[str, Any]:
    """The names of the template language for one message; what is not known is absent and reads as nothing."""
    person = facts.person
    return {
        **facts.variables,
        **{block: said for block, provide in PROVIDERS.items() if (said := provide(facts))},
        "customer": {"name": person.name or "", "number": person.number, "tier": facts.tier},
        "merchant": {"name": facts.merchant.name, "url": str(facts.merchant.url or "")},
        "links": {"preferences": person.links.preferences, "unsubscribe": person.links.unsubscribe.get(facts.channel)},
        "occasion": facts.occasion,
        "today": facts.at.astimezone(facts.formats.zone).date().isoformat(),
    }


def order_block(order: OrderState) -> dict[str, Any]:
    """An order as templates see it, in the currency it was paid in."""
    total, nets = _charged(order)
    return {
        "number": order.shop_order_id,
        "placed_at": order.placed_at.isoformat(),
        "total": _money(total, order),
        "lines": [
            {
                "title": line["category"] or line["sku"] or "",
                "quantity": f"{Decimal(line['quantity']).normalize():f}",
                "net": _money(net, order),
            }
            for line, net in zip(order.lines, nets, strict=True)
        ],
    }


def products_block(facts: Facts) -> list[dict[str, Any]]:
    """Products to offer as templates see them, those with a name."""
    named = [(one, one.title(facts.formats.locale)) for one in facts.products]
    return [{"sku": one.sku, "title": title} for one, title in named if title]


# What fills a declared block of the template language. What a provider knows nothing of is absent and reads as nothing.
PROVIDERS: Mapping[str, Callable[[Facts], Any]] = {
    "order": lambda facts: order_block(facts.order) if facts.order else None,
    "survey": lambda facts: facts.survey,
    "case": lambda facts: facts.case,
    "products": products_block,
}


def words(text: Mapping[str, Any], values: Mapping[str, Any], facts: Facts) -> Words:
    """One channel's text for one person. Raises TemplateFailed."""

    def said(source: str | None) -> str:
        return render(source, values, facts.formats) if source else ""

    html = clean(render(text["html"], values, facts.formats, escape=True)) if text.get("html") else None
    return Words(
        subject=" ".join(said(text.get("subject") or text.get("title")).split()),
        text=said(text.get("text")) or (plain_text(html) if html else ""),
        html=html,
        provider_template=text.get("provider_template"),
        page=said(text.get("page")) or None,
        parameters={name: said(source) for name, source in text.get("parameters", {}).items()},
    )


def masked(name: str | None) -> str:
    """A name for who may not see it: its first character."""
    return f"{name[0]}**" if name else ""


def _charged(order: OrderState) -> tuple[Decimal, list[Decimal]]:
    """The total and the nets of the lines in the order's own currency."""
    if order.charged:
        return Decimal(order.charged["total"]), [Decimal(net) for net in order.charged["nets"]]
    return order.total / order.rate, [Decimal(line["net"]) / order.rate for line in order.lines]


def _money(amount: Decimal, order: OrderState) -> dict[str, str]:
    return {"amount": str(rounded(amount, order.currency)), "currency": order.currency}
