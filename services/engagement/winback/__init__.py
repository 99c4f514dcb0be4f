"""Winning back: a case for every warning, the reason asked, an offer made, followed until they order or are lost."""
