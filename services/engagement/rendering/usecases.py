"""Previewing a draft with a real customer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.engagement.customers import usecases as customers
from services.engagement.formats.rules import Formats, zone_of
from services.engagement.language.limits.rules import ADVICE
from services.engagement.language.schemas import PastLimit, TemplateFailed
from services.engagement.orders import usecases as orders
from services.engagement.policies import usecases as policies
from services.engagement.reach import usecases as reach
from services.engagement.reach.schemas import Person
from services.engagement.recommendations import usecases as recommendations
from services.engagement.recommendations.schemas import Offered
from services.engagement.rendering import rules
from services.engagement.rendering.schemas import Facts, Preview, PreviewRequest, PreviewText
from services.engagement.templates import usecases as templates
from services.engagement.templates.rules import chosen, misfits, missing, published
from services.engagement.templates.tables import Template
from shared import linking
from shared.errors import FieldError, Invalid
from shared.runtime import Runtime
from shared.settings import Settings
from shared.web.client import PATIENCE

PRODUCTS = "products"


def formats_of(person: Person, locale: str, settings: Settings) -> Formats:
    """How values read for a person in a locale."""
    return Formats(locale, zone_of(person.time_zone, settings.business_time_zone), settings.base_currency)


def preview(runtime: Runtime, template_id: UUID, request: PreviewRequest, *, unmasked: bool, now: datetime) -> Preview:
    """The draft of a template as a customer would read it in each of its channels; their name only if `unmasked`.

    Raises Invalid for an unknown customer or a wrong variable, `template_invalid` where the draft fails on this one.
    No transaction is open while other services are asked.
    """
    settings = runtime.settings
    with runtime.database.reading() as session:
        template, merchant = templates.get(session, template_id), policies.current(session).merchant
    if errors := misfits(template.variables, request.variables):
        raise Invalid("The template has no such variables.", errors=errors)
    person = _person(settings, request.customer_id, template.topic)
    if not unmasked:
        person = person.model_copy(update={"name": rules.masked(person.name)})
    with runtime.database.reading() as session:
        order, tier = _order(session, template, person), customers.tier(session, person.canonical_id)
    locale = request.locale or person.locale or settings.default_locale
    facts = Facts(
        person=person,
        merchant=merchant,
        formats=formats_of(person, locale, settings),
        at=now,
        tier=tier,
        variables=request.variables,
        order=order,
        products=_products(settings, template, person),
    )
    return Preview(
        customer_id=request.customer_id,
        template_version=template.version,
        missing_variables=missing(template.variables, request.variables),
        texts=list(_texts(template, facts, locale, settings.default_locale)),
    )


def _texts(template: Template, facts: Facts, locale: str, default: str) -> Iterator[PreviewText]:
    texts = published(template.channels, template.purpose)
    for channel in texts:
        found = chosen(texts, channel, locale, default)
        if found is not None:
            values = rules.context(replace(facts, channel=channel))
            yield PreviewText(channel=channel, locale=found[0], **_words(found[1], values, facts, channel))


def _words(text: Any, values: dict[str, Any], facts: Facts, channel: str) -> dict[str, Any]:
    try:
        return rules.words(text, values, facts).model_dump()
    except TemplateFailed as failure:
        limit = isinstance(failure, PastLimit)
        code, said = ("too_large", ADVICE) if limit else ("format", f"fails for this customer: {failure}")
        fault = FieldError(f"channels.{channel}", code, said)
        raise Invalid("The template fails for this customer.", code="template_invalid", errors=[fault]) from None


def _person(settings: Settings, customer_id: UUID, topic: str) -> Person:
    person = reach.fetch(settings, [customer_id], topic, deadline=1.0).get(customer_id)
    if person is None:
        fault = FieldError("customer_id", "reference_not_found", "there is no such customer")
        raise Invalid("There is no such customer.", errors=[fault])
    return person


def _order(session: Session, template: Template, person: Person) -> Any:
    if "order" not in template.context:
        return None
    return orders.latest_of(session, linking.members(session, [person.canonical_id])[person.canonical_id])


def _products(settings: Settings, template: Template, person: Person) -> Sequence[Offered]:
    if PRODUCTS not in template.context:
        return ()
    found = recommendations.fetch(settings, [person.canonical_id], patience=PATIENCE)
    return found.get(person.canonical_id, ())
