"""What a person may ask for and a merchant must keep to, over all services: access export and retention."""
