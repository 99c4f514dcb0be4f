"""The doors on a real server, and shops that push to them."""

import pytest

from tests.profile.served import Doors, _doors, doors
from tests.profile.webhooks.shops import Shop, shop_of

__all__ = ["_doors", "doors"]


@pytest.fixture
def shopify(doors: Doors) -> Shop:
    """A Shopify shop whose currencies have rates."""
    return shop_of(doors, "shopify", "test-secret-shopify-not-real")


@pytest.fixture
def woocommerce(doors: Doors) -> Shop:
    """A WooCommerce shop whose currencies have rates."""
    return shop_of(doors, "woocommerce", "test-secret-woocommerce-not-real")
