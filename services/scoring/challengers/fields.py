"""What each feature says, in a sentence; the names are those of the feature builder."""

MEANINGS = {
    "frequency": "Order days after the first one.",
    "recency": "Days since the last order.",
    "age": "Days since the first order.",
    "order_value": "Mean net value of an order day.",
    "spend": "Net value of all orders.",
    "orders_half_horizon": "Order days within half of the horizon before now.",
    "orders_horizon": "Order days within the horizon before now.",
    "orders_two_horizons": "Order days within twice the horizon before now.",
    "spend_horizon": "Net value of the orders within the horizon before now.",
    "spend_two_horizons": "Net value of the orders within twice the horizon before now.",
    "silence_ratio": "The present silence beside the customer's own usual gap.",
    "silence_surprise": "The chance that an active customer with this history stays silent this long.",
    "alive": "The chance that this still is a customer.",
    "log_rate": "The log of purchases to expect in a day.",
    "none_log_odds": "The log-odds of no purchase within the horizon that are told without training.",
}
UNTRAINED = {
    "silence_surprise": "The chance that an active customer with this history stays silent this long.",
    "p_alive": "The chance that this still is a customer.",
    "next_order_days": "Half of such customers, if active, order again within so many days.",
    "expected_orders_h": "Orders to expect within the horizon.",
}
