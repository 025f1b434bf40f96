"""One transaction, one repository per topic, one commit."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from indexer.errors import StoreUnavailableError
from indexer.records import Stream
from indexer.store import migrating, rotating, tables
from indexer.store.alarms import Alarms
from indexer.store.answers import Answers
from indexer.store.appeals import Appeals
from indexer.store.audit import Audit
from indexer.store.banks import Banks
from indexer.store.cases import Cases
from indexer.store.chains import Chain
from indexer.store.checkpoints import Checkpoints
from indexer.store.clocks import Clocks
from indexer.store.console_sessions import ConsoleSessions
from indexer.store.decisions import Decisions
from indexer.store.deliveries import Deliveries
from indexer.store.disclosures import Disclosures
from indexer.store.engine import READ_ONLY, open_engine
from indexer.store.expiries import Expiries
from indexer.store.feeds import Feeds
from indexer.store.floods import Floods
from indexer.store.held_decisions import HeldDecisions
from indexer.store.honey import Honey
from indexer.store.import_sources import ImportSources
from indexer.store.listing import Listing
from indexer.store.lists import Lists
from indexer.store.match_views import MatchViews
from indexer.store.matches import Matches
from indexer.store.platforms import Platforms
from indexer.store.policies import Policies
from indexer.store.probes import Probes
from indexer.store.reviews import Reviews
from indexer.store.rotating import Rotation
from indexer.store.sealing import KeyRing
from indexer.store.statistics import Statistics
from indexer.store.sweeps import Sweeps
from indexer.store.turns import Turns
from indexer.store.votes import VoteBox
from indexer.store.webhooks import Webhooks


@dataclass(frozen=True)
class Transaction:
    """What one transaction can read and write; committed when its block ends well."""

    connection: Connection = field(repr=False)
    ring: KeyRing = field(repr=False)

    @cached_property
    def changes(self) -> Chain:
        """The ordered change log."""
        return Chain(self.connection, Stream.CHANGE)

    @cached_property
    def access(self) -> Chain:
        """Who was answered, and who did what."""
        return Chain(self.connection, Stream.ACCESS)

    @cached_property
    def audit(self) -> Audit:
        """Takes rows of the access stream until the transaction ends."""
        return Audit(self.access)

    @cached_property
    def checkpoints(self) -> Checkpoints:
        """The newest checkpoint of each stream."""
        return Checkpoints(self.connection)

    @cached_property
    def disclosures(self) -> Disclosures:
        """What a law asked for."""
        return Disclosures(self.connection)

    @cached_property
    def listing(self) -> Listing:
        """Listed signatures."""
        return Listing(self.connection, self.changes, self.ring)

    @cached_property
    def rotation(self) -> Rotation:
        """Data keys and the key that wraps them."""
        return Rotation(self.connection, self.ring)

    @cached_property
    def cases(self) -> Cases:
        """Cases and the waits after wrong PINs."""
        return Cases(self.connection, self.listing, self.matches)

    @cached_property
    def banks(self) -> Banks:
        """Banks and benign signatures."""
        return Banks(self.connection, self.listing)

    @cached_property
    def import_sources(self) -> ImportSources:
        """Lists of other networks that are followed."""
        return ImportSources(self.connection)

    @cached_property
    def lists(self) -> Lists:
        """What recipients are handed, and who they are."""
        return Lists(self.connection, self.changes, self.listing)

    @cached_property
    def matches(self) -> Matches:
        """Confirmed matches."""
        return Matches(self.connection, self.policies, self.clocks, self.feeds)

    @cached_property
    def match_views(self) -> MatchViews:
        """Matches as their platforms see them."""
        return MatchViews(self.connection, self.policies)

    @cached_property
    def decisions(self) -> Decisions:
        """What platforms decided."""
        return Decisions(self.connection)

    @cached_property
    def console_sessions(self) -> ConsoleSessions:
        """Who is signed in to the console."""
        return ConsoleSessions(self.connection)

    @cached_property
    def held_decisions(self) -> HeldDecisions:
        """What moderators decided a moment ago."""
        return HeldDecisions(self.connection)

    @cached_property
    def votes(self) -> VoteBox:
        """What decisions say about listed signatures."""
        return VoteBox(self.connection)

    @cached_property
    def clocks(self) -> Clocks:
        """Time that platforms have."""
        return Clocks(self.connection)

    @cached_property
    def feeds(self) -> Feeds:
        """What platforms are told."""
        return Feeds(self.connection)

    @cached_property
    def floods(self) -> Floods:
        """Crowds of uploads that match the same."""
        return Floods(self.connection)

    @cached_property
    def reviews(self) -> Reviews:
        """What waits for an operator."""
        return Reviews(self.connection)

    @cached_property
    def policies(self) -> Policies:
        """What platforms set for themselves."""
        return Policies(self.connection, self.listing)

    @cached_property
    def alarms(self) -> Alarms:
        """What operators have to look at."""
        return Alarms(self.connection)

    @cached_property
    def probes(self) -> Probes:
        """What each process saw of nearly equal questions."""
        return Probes(self.connection)

    @cached_property
    def honey(self) -> Honey:
        """What tells recipients' copies apart."""
        return Honey(self.connection, self.listing)

    @cached_property
    def answers(self) -> Answers:
        """What idempotency keys were answered."""
        return Answers(self.connection, self.policies)

    @cached_property
    def appeals(self) -> Appeals:
        """Uploaders' appeals."""
        return Appeals(self.connection, self.feeds)

    @cached_property
    def statistics(self) -> Statistics:
        """Counts of a stretch of time."""
        return Statistics(self.connection)

    @cached_property
    def sweeps(self) -> Sweeps:
        """What platforms were asked to look back for."""
        return Sweeps(self.connection, self.changes)

    @cached_property
    def webhooks(self) -> Webhooks:
        """Where platforms want hints."""
        return Webhooks(self.connection, self.policies, self.feeds)

    @cached_property
    def deliveries(self) -> Deliveries:
        """What is sent to webhooks."""
        return Deliveries(self.connection, self.webhooks)

    @cached_property
    def expiries(self) -> Expiries:
        """Keys that end soon."""
        return Expiries(self.connection)

    @cached_property
    def platforms(self) -> Platforms:
        """Platforms and their keys."""
        return Platforms(self.connection)


@dataclass(frozen=True, slots=True)
class Store:
    """Everything durable."""

    engine: Engine = field(repr=False)
    ring: KeyRing = field(repr=False)
    turns: Turns = field(repr=False)  # of those that write

    @classmethod
    def at(cls, url: str, ring: KeyRing) -> "Store":
        """A store at a database URL; nothing is opened or made yet."""
        engine = open_engine(url)
        return cls(engine, ring, Turns(engine))

    @staticmethod
    def is_new(url: str) -> bool:
        """Whether the database at a URL holds nothing yet.

        Raises:
            StoreUnavailableError: the database does not answer.
        """
        engine = open_engine(url)
        try:
            with _unavailable_when_broken():
                return migrating.is_new(engine)
        finally:
            engine.dispose()

    def migrate(self) -> None:
        """Bring the database to this version's schema and begin its change log.

        Raises:
            SchemaTooNewError: a newer version wrote it; nothing was changed.
            StoreUnavailableError: the database does not answer.
        """
        with _unavailable_when_broken():
            migrating.upgrade(self.engine)
        with self.transaction() as tx:
            for stream in Stream:
                _begin_log(tx.connection, stream)
            rotating.begin(tx.connection, self.ring.current_id)

    def require_schema(self) -> None:
        """Refuse a database that is older or newer than this version.

        Raises:
            SchemaTooNewError: a newer version wrote it.
            SchemaNotReadyError: it was not migrated.
        """
        with _unavailable_when_broken():
            migrating.require_head(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Read and write; all of it is kept when the block ends, none of it when it raises.

        Raises:
            StoreUnavailableError: the database failed. What was to be committed may or may not
                be there: the caller's idempotent retry decides.
        """
        with (
            self.turns.mine(),
            _unavailable_when_broken(),
            self.engine.begin() as connection,
        ):
            tx = Transaction(connection, self.ring)
            yield tx
            tx.audit.write()

    @contextmanager
    def snapshot(self) -> Iterator[Transaction]:
        """Read several things as they were at one moment.

        Raises:
            StoreUnavailableError: the database failed.
        """
        with _unavailable_when_broken(), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(  # noqa: PLW2901  # SQLAlchemy's idiom
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            else:
                connection = connection.execution_options(**{READ_ONLY: True})  # noqa: PLW2901
            with connection.begin():
                yield Transaction(connection, self.ring)

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def _begin_log(connection: Connection, stream: Stream) -> None:
    head = tables.head
    if connection.scalar(select(head.c.seq).where(head.c.stream == stream)) is None:
        # The first row's `prev` names this log: rows of another log do not fit.
        connection.execute(
            insert(head).values(
                stream=stream,
                epoch=secrets.token_bytes(8),
                seq=0,
                digest=secrets.token_bytes(32),
            )
        )


@contextmanager
def _unavailable_when_broken() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreUnavailableError(_why(error)) from error
    except PoolTimeoutError as error:
        raise StoreUnavailableError("Every database connection is in use.") from error


def _why(error: DBAPIError) -> str:
    reason = type(error.orig).__name__ if error.orig else type(error).__name__
    return f"The database did not do what it was asked ({reason})."
