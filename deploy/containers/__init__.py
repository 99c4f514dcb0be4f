"""What containers need beside the services: secrets, databases, a health check."""
