"""When managers receive customers, and for what."""
