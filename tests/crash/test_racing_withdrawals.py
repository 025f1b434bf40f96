"""Questions race withdrawals and new cases: the history keeps its rules, the control's does not."""

import itertools
import threading
import time
from time import monotonic

import pytest

from api.security.key_files import make_key_files, read_key_files
from api.security.scopes import Scope
from api.services.matching import Upload
from api.settings import Settings
from api.wiring import Wiring
from hashsvc.times import now
from tests.crash.chances import LONG, chance
from tests.crash.history import Event, Op, violations
from tests.crash.racing import FRESH_SECONDS, POLL_SECONDS, Reporter
from tests.factories import make_signature
from tests.indexer.factories import log_of

WITHDRAWALS = 1_000 if LONG else 30  # of as many cases, while as many new ones come
QUESTIONS = 100_000 if LONG else 300  # at least
ASKERS = 3
pytestmark = pytest.mark.slow


@pytest.fixture
def wiring(database_url, databases, tmp_path):
    """The service without HTTP, whose index follows by polling alone."""
    make_key_files(tmp_path)
    postgres = database_url if databases.name == "postgres" else None
    settings = Settings(data=tmp_path, database_url=postgres, index_poll_seconds=POLL_SECONDS)
    wiring = Wiring(settings, read_key_files(tmp_path))
    wiring.store.migrate()
    with wiring.store.transaction() as tx:  # the template knows another key
        tx.rotation.use(wiring.keys.seal.current_id)
    yield wiring
    wiring.store.close()


class Race:
    """Askers beside one who withdraws and reports, on one clock."""

    def __init__(self, wiring, *, confirmed):
        self._wiring, self._confirmed = wiring, confirmed
        self._caller = self._new_caller()
        self.events = []
        self.failures = []
        self._reporter = Reporter(wiring.store, self.events, WITHDRAWALS)
        self._running = threading.Event()

    def run(self):
        self._reporter.open_first()
        following = self._wiring.following
        following.start()
        self._running.set()
        threads = [threading.Thread(target=self._ask, args=[one]) for one in range(ASKERS)]
        for thread in threads:
            thread.start()
        try:
            self._withdraw_and_report()
        finally:
            self._running.clear()
            for thread in threads:
                thread.join()
            following.stop()
        assert not self.failures
        log = [row.seq for row in log_of(self._wiring.store)[1]]
        return violations(self.events, log=log, fresh_seconds=FRESH_SECONDS)

    def asked(self):
        return sum(event.op is Op.QUERY for event in self.events)

    def _withdraw_and_report(self):
        chances = chance("racing withdrawals")
        self._reporter.withdraw_and_open(chances, lambda: not self.failures)
        while len(self.events) < QUESTIONS and not self.failures:
            time.sleep(0.1)

    def _ask(self, number):
        chances = chance(f"asker {number}")
        try:
            while self._running.is_set():
                self._ask_once(self._reporter.seed_to_ask(chances))
        except Exception as error:  # noqa: BLE001  # whatever it is, it must not be
            self.failures.append(error)

    def _ask_once(self, seed):
        invoked = monotonic()
        min_seq = self._reporter.seqs.get(seed) if self._confirmed else None
        nearest = self._answered(seed, min_seq)
        completed = monotonic()
        ids = tuple(self._reporter.ids.get(one.hit.signature_id, seed) for one in nearest)
        self.events.append(Event(Op.QUERY, seed, invoked, completed, min_seq=min_seq, found=ids))

    def _answered(self, seed, min_seq):
        """The hits that a platform is told of; the control passes on what the index says."""
        matching = self._wiring.matching
        newer = None if min_seq is None else matching.covering(min_seq).newer
        upload = Upload(f"photo {next(_refs)}", (make_signature(seed=1_000 * seed),))
        found = matching.find([upload], newer)
        if not self._confirmed:
            return found[0].graded
        answers = matching.confirm(found, self._caller, at=now())
        return [one.match.nearest for one in answers if one.match]

    def _new_caller(self):
        platforms = self._wiring.services.platforms
        key = platforms.create_key("example", [Scope.MATCHES_WRITE], at=now(), days=1)
        return platforms.caller(key, at=now())


_refs = itertools.count()


@pytest.mark.goal("G4")
def test_what_was_withdrawn_is_never_answered_again(wiring, figure):
    race = Race(wiring, confirmed=True)

    assert race.run() == []
    assert any(event.found for event in race.events)
    figure(f"{race.asked():,} questions in one process race {WITHDRAWALS:,} withdrawals: 0 late")


@pytest.mark.control("G4")
def test_answers_from_the_index_alone_come_too_late(wiring, figure):
    """The control: without the store's word, what was withdrawn a moment ago is still found."""
    race = Race(wiring, confirmed=False)

    broken = race.run()

    assert {one.rule[:2] for one in broken} == {"H2"}
    figure(f"answers that nobody confirmed: {len(broken)} late of {race.asked():,}")
