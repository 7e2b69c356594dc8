"""What Alembic runs for a migration: within the transaction that `upgrading` has begun."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
