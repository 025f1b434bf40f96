"""Databases for one test each, on either engine; a migrated one is a copy of a template."""

import secrets
import shutil
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from indexer.store import Store
from tests.indexer.factories import make_key_ring


def migrate(url):
    """Bring a database to this version's schema."""
    with closing(Store.at(url, make_key_ring())) as store:
        store.migrate()


@dataclass(frozen=True)
class SqliteDatabases:
    """Files in one folder."""

    folder: Path
    name = "sqlite"

    @contextmanager
    def empty(self):
        """The URL of a database without tables."""
        path = self.folder / f"{secrets.token_hex(8)}.db"
        yield f"sqlite:///{path}"
        for made in self.folder.glob(f"{path.name}*"):
            made.unlink()

    @contextmanager
    def fresh(self):
        """The URL of a migrated database."""
        with self.empty() as url:
            shutil.copyfile(self._template(), make_url(url).database)
            yield url

    def _template(self):
        path = self.folder / "template.db"
        if not path.exists():
            migrate(f"sqlite:///{path}")
        return path


class PostgresDatabases:
    """Databases of one server."""

    name = "postgres"

    def __init__(self, admin_url):
        self._admin = make_url(admin_url)
        self._template = None

    @contextmanager
    def empty(self):
        """The URL of a database without tables."""
        with self._made(template="template0") as url:
            yield url

    @contextmanager
    def fresh(self):
        """The URL of a migrated database."""
        with self._made(template=self._migrated()) as url:
            yield url

    def close(self):
        """Drop the template."""
        if self._template is not None:
            self._drop(self._template)

    def _migrated(self):
        if self._template is None:
            name = _any_name()
            self._create(name, template="template0")
            self._template = name
            migrate(self._url(name))
        return self._template

    @contextmanager
    def _made(self, *, template):
        name = _any_name()
        self._create(name, template=template)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def _url(self, name):
        return self._admin.set(database=name).render_as_string(hide_password=False)

    def _create(self, name, *, template):
        with self._connected() as server:
            # A fifth of the time; older servers copy files without being asked.
            how = "STRATEGY FILE_COPY" if server.info.server_version >= 15_00_00 else ""
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} " + how)
            server.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def _drop(self, name):
        with self._connected() as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _connected(self):
        plain = self._admin.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)


def _any_name():
    return f"hashsvc_test_{secrets.token_hex(8)}"
