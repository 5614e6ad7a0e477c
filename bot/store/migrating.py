"""The migrations of the schema, by Alembic: slow to load, and a store that is current needs none of it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.errors import StoreTooNew

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(connection: Connection, revision: str | None) -> None:
    """Bring a store that is at a revision to the newest; raise StoreTooNew for one that this program does not know."""
    known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise StoreTooNew(revision=revision)
    command.upgrade(config(connection), "head")


def config(connection: Connection | None = None) -> Config:
    """Tell Alembic where the migrations are, and on which connection they run."""
    made = Config()
    made.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made
