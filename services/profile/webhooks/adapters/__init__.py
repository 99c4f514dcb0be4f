"""One platform each: how it signs, by what a delivery is known again, and what a payload says in our own forms."""
