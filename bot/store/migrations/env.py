"""What Alembic runs: the migrations, on the connection that bot/store/schema.py hands it."""

from alembic import context

from bot.store.models import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False
)
context.run_migrations()
