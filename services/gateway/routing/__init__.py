"""From a request at the door to the service that owns its path, and back."""
