"""Customers and checkouts of Shopify. What is absent in a payload says nothing."""

from datetime import datetime
from typing import Any

from services.profile.ingestion.rules import Item, Kind
from services.profile.webhooks.rules import (
    LONGEST,
    NOTE,
    Payload,
    amount,
    email,
    identities,
    inner,
    instant,
    joined,
    labels,
    name,
    phone,
    region,
    required,
    said,
    said_at,
    several,
    text,
)
from services.profile.webhooks.schemas import PrivacyRequest, Reading, Shop

CONSENTS = {"subscribed": "granted", "unsubscribed": "withdrawn"}
ADDRESS = ("address1", "address2", "city", "province_code", "zip", "country_code")


def customer(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """What the shop's archive has of a customer."""
    required(payload, "id")
    return Reading(customer_items(payload, shop, at), note=name(payload.get("note"), NOTE))


def deletion(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """The shop's account is gone. Nobody asked to be erased: what is known stays."""
    return Reading(closed=required(payload, "id"))


def data_request(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """What a customer asked to be told."""
    number = required(inner(payload, "data_request"), "id")
    return Reading(disclosure=_request(payload, number, "orders_requested"))


def redaction(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """That a customer wants to be forgotten."""
    number = required(inner(payload, "customer"), "id")
    return Reading(erasure=_request(payload, number, "orders_to_redact"))


def checkout(payload: Payload, shop: Shop, at: datetime) -> Reading:
    """A checkout is something that a customer did, and no order. The same article twice is two lines."""
    token, customer = required(payload, "token"), inner(payload, "customer")
    started = instant(payload.get("created_at")) or at
    about = said(
        checkout_id=token,
        cart_id=text(payload.get("cart_token")),
        currency=text(payload.get("currency")),
        tax=amount(payload.get("total_tax")),
        total=amount(payload.get("total_price")),
        products=[_product(one) for one in several(payload, "line_items")],
    )
    who = identities_of(customer) or contact_of(payload) or identities(anonymous=f"checkout:{shop.code}:{token}")
    event = {
        "source": shop.code,
        "message_id": f"checkout:{token}"[:LONGEST],
        "identities": who,
        "name": "Checkout Started",
        "occurred_at": started.isoformat(),
        "properties": about,
    }
    return Reading([Item(Kind.EVENT, event, at)])


def customer_items(payload: Payload, shop: Shop, told_at: datetime) -> list[Item]:
    """The report of a customer, if the payload says by what to recognise one."""
    at, who = instant(payload.get("updated_at")) or told_at, identities_of(payload)
    since = instant(payload.get("created_at")) or at
    consents = [_consent(payload, channel, shop, since) for channel in ("email", "sms")]
    document = {
        "source": shop.code,
        "identities": who,
        "updated_at": at.isoformat(),
        "traits": _traits(payload),
        "consents": [one for one in consents if one is not None],
    }
    return [Item(Kind.CUSTOMER, document, at)] if who else []


def identities_of(customer: Payload) -> list[dict[str, str]]:
    """What a customer of the shop is recognised by."""
    external = text(customer.get("id"))
    return identities(external=external, email=email(customer.get("email")), phone=phone(customer.get("phone")))


def contact_of(order: Payload) -> list[dict[str, str]]:
    """What the person behind an order without customer is recognised by: never the phone of an address."""
    return identities(email=email(order.get("email")), phone=phone(order.get("phone")))


def _request(payload: Payload, number: str, orders: str) -> PrivacyRequest:
    named = payload.get(orders)
    order_ids = labels(named) if isinstance(named, list) else []
    return PrivacyRequest(number, identities_of(inner(payload, "customer")), order_ids)


def _product(line: Payload) -> dict[str, Any]:
    return said(
        sku=text(line.get("sku")),
        name=name(line.get("title")),
        quantity=line.get("quantity"),
        price=amount(line.get("price")),
    )


def _traits(payload: Payload) -> dict[str, Any]:
    """An address has a name of its own, which need not be the customer's."""
    address = inner(payload, "default_address") or next(iter(several(payload, "addresses")), {})
    tags = payload.get("tags")
    return said(
        name=joined(" ", payload, ("first_name", "last_name")),
        registered_at=said_at(payload.get("created_at")),
        address=joined(", ", address, ADDRESS),
        city=text(address.get("city")),
        region=region(address.get("country_code"), address.get("province_code")),
        tags=labels(tags.split(",")) if isinstance(tags, str) else None,
    )


def _consent(payload: Payload, channel: str, shop: Shop, since: datetime) -> dict[str, str] | None:
    told = inner(payload, f"{channel}_marketing_consent")
    state = CONSENTS.get(str(told.get("state")))
    at = (instant(told.get("consent_updated_at")) or since).isoformat()
    about = {"purpose": "marketing", "channel": channel, "source": shop.code, "effective_at": at}
    return None if state is None else about | {"state": state}
