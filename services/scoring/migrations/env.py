"""Where Alembic enters."""

from shared.migrations import environment

environment.run()
