"""What engagement knows of customers: their archive without anything personal, consents, links, value classes."""
