"""When the merchant works: several intervals a day, holidays and make-up days, and time counted in them."""
