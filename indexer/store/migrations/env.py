"""How Alembic reaches the database: through the engine that `migrating.config` was given."""

from alembic import context

from indexer.store.column_types import METADATA

with context.config.attributes["engine"].begin() as connection:
    context.configure(connection=connection, target_metadata=METADATA)
    context.run_migrations()
