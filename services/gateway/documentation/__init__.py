"""What the suite says about itself: one OpenAPI document, pages to read it, pages about problems."""
