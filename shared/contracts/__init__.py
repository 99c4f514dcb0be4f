"""Every event that crosses a service boundary, declared once."""
