"""The arithmetic of one order: lines, discounts, refunds, base currency."""
