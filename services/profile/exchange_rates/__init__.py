"""What a currency was worth in base currency on a day."""
