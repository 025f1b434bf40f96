"""Bring a database to this version's schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from indexer.errors import SchemaNotReadyError, SchemaTooNewError

_SCRIPTS = Path(__file__).parent / "migrations"


def config(engine: Engine) -> Config:
    """Alembic's configuration for this database; `env.py` takes the engine from it."""
    alembic = Config()
    alembic.set_main_option("script_location", str(_SCRIPTS))
    alembic.attributes["engine"] = engine
    return alembic


def upgrade(engine: Engine) -> None:
    """Apply what is missing.

    Raises:
        SchemaTooNewError: a newer version wrote the database; nothing was changed.
    """
    _refuse_newer(engine)
    command.upgrade(config(engine), "head")


def require_head(engine: Engine) -> None:
    """Refuse any schema but this version's.

    Raises:
        SchemaTooNewError: a newer version wrote the database.
        SchemaNotReadyError: it was not migrated.
    """
    _refuse_newer(engine)
    if _current(engine) != _scripts(engine).get_current_head():
        raise SchemaNotReadyError


def is_new(engine: Engine) -> bool:
    """Whether no migration was ever applied."""
    return _current(engine) is None


def _refuse_newer(engine: Engine) -> None:
    known = {script.revision for script in _scripts(engine).walk_revisions()}
    current = _current(engine)
    if current is not None and current not in known:
        raise SchemaTooNewError


def _current(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _scripts(engine: Engine) -> ScriptDirectory:
    return ScriptDirectory.from_config(config(engine))
