"""The archive of known customers: what is known about a person or an organisation."""
