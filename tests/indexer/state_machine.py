"""Everything that can happen to a list, in any order, beside a dictionary of what it should hold.

The model knows how far each signature is from the question, in bits, by how it was made. So
neither the reference matcher nor the policy is trusted: both are compared with it too.
"""

import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from api.services.rotation import rotate
from hashsvc import Policy, Tier
from hashsvc.closed_sets import ListedState
from hashsvc.matching import LinearMatcher, Listed
from hashsvc.signatures import RegionKind
from indexer.builder import Plan, build
from indexer.errors import HistoryChangedError
from indexer.follower import Follower
from indexer.records import LIVE_STATES, BankKind, Hold, Standing, Stream
from indexer.search import FlatIndex, LayeredIndex
from indexer.store import Store
from indexer.store.backups import back_up, put_back
from indexer.store.chains import follows
from indexer.store.high_water import HighWater
from indexer.store.restoring import begin_epoch, replay, require_known
from indexer.store.tombstones import TombstoneSink, read_tombstones
from tests.factories import make_signature
from tests.indexer.factories import (
    AT,
    confirm,
    listed_in,
    make_asked,
    make_key_ring,
    make_platform,
    open_case,
    withdraw_case,
)
from tests.indexer.shapes import THRESHOLDS, Shape, shapes
from tests.quick_folders import quick_folder

REPORTED = BankKind.REPORTED
KEYS = ("kek-1", "kek-2", "kek-3")
LISTED = Standing(ListedState.PROBATION)
NUMBERS = st.integers(0, 1_000)  # which one, of those there are
_BASE_FROM = 2  # a list of three has tables


@dataclass(frozen=True)
class Known:
    """What the model holds of one signature."""

    case: int
    shape: Shape
    standing: Standing = LISTED


@dataclass(frozen=True)
class Backup:
    """A copy, and the model as it was then."""

    path: Path
    known: dict


class ListOverTime(RuleBasedStateMachine):
    """One database, an index that runs behind it, and what else a machine keeps."""

    def __init__(self, databases, make_index=LayeredIndex):
        super().__init__()
        self.steps = self.compared = 0
        self._databases, self._make_index = databases, make_index
        self._ended = ExitStack()
        self._folder = self._ended.enter_context(quick_folder("hashsvc-list-"))
        self._seeds, self._refs = count(), count()
        self._case_ids = {}
        self.known, self.erased, self.held = {}, set(), {}
        self._backup, self._left_since_backup = None, False
        self._applied = (b"", 0)
        self._kek_id = KEYS[0]
        self._begin(self._ended.enter_context(databases.fresh()))

    # What happens to the list

    @rule(
        made=st.lists(shapes(), min_size=1, max_size=4),
        twice=st.booleans(),
        hurried=st.booleans(),
    )
    def open_a_case(self, made, twice, hurried):
        made = made + made if twice else made
        seed = next(self._seeds)
        case_id = self._case_ids[seed] = open_case(
            self.store, [shape.enrolment() for shape in made], seed=seed
        )
        listed = list(listed_in(self.store, case_id).values())
        for shape in made:
            wanted = shape.enrolment()
            same = [
                one
                for one in listed
                if (one.signature, one.strong_only) == (wanted.signature, wanted.strong_only)
            ]
            assert same
            listed.remove(same[0])
            self.known[same[0].signature_id] = Known(seed, shape)
        assert not listed
        if hurried:
            self.follower.catch_up()

    @precondition(lambda self: self.known)
    @rule(which=NUMBERS)
    def withdraw_a_case(self, which):
        seed = self._one_of(which)[1].case
        for _ in range(2):  # the second time changes nothing
            withdraw_case(self.store, self._case_ids[seed])
        gone = {id_ for id_, one in self.known.items() if one.case == seed}
        self.erased |= gone
        for id_ in gone:
            self.held.pop(id_, None)
            del self.known[id_]
        self.sink.catch_up()
        self._left_since_backup = self._backup is not None
        self.an_answer_names_what_is_live_even_from_an_index_that_is_behind(with_dhash=True)

    @precondition(lambda self: self.known)
    @rule(which=NUMBERS, hold=st.sampled_from(Hold))
    def suspend(self, which, hold):
        id_, one = self._one_of(which)
        standing = Standing(ListedState.SUSPENDED, hold)
        if one.standing != standing:
            self.held[id_] = hold
        self._move(id_, standing)
        self._left_since_backup = self._backup is not None
        self.an_answer_names_what_is_live_even_from_an_index_that_is_behind(with_dhash=True)

    @precondition(lambda self: self.known)
    @rule(which=NUMBERS, state=st.sampled_from(LIVE_STATES))
    def list_again(self, which, state):
        id_, one = self._one_of(which)
        self._move(id_, Standing(state))
        if one.standing.state is ListedState.SUSPENDED:
            self.held.pop(id_, None)

    # What happens to the machine

    @rule()
    def rotate_the_seal_key(self):
        self._kek_id = KEYS[(KEYS.index(self._kek_id) + 1) % len(KEYS)]
        rotate(self.store, self._kek_id, at=AT)

    @rule()
    def compact(self):
        build(self._plan())
        self._catch_up()
        self.follower.rebase()

    @rule(reboot=st.booleans())
    def kill_and_restart_the_follower(self, reboot):
        if reboot:  # what was in memory is gone, what was sealed is not
            shutil.rmtree(self._plan().plain, ignore_errors=True)
            build(self._plan())
        self._start_follower()

    @rule()
    def back_up(self):
        path = self._folder / f"backup-{next(self._refs)}"
        back_up(self._url, path)
        self._backup, self._left_since_backup = Backup(path, dict(self.known)), False

    @precondition(lambda self: self._left_since_backup)
    @rule()
    def restore_and_replay(self):
        backup, high_water = self._backup, HighWater(self._folder / "high-water.json")
        high_water.path.unlink(missing_ok=True)
        self.sink.catch_up()
        high_water.write(self.store)
        before, forgotten = self.follower, self.whole
        self._end_store()
        url = self._ended.enter_context(self._databases.empty())
        put_back(url, backup.path)
        self._open(url)
        self.store.migrate()
        known = read_tombstones(self.sink_path)
        require_known(self.store, known, high_water.read())
        self.replay(known)
        begin_epoch(self.store, at=AT)
        self.sink.begin_again()
        self._restore_model(backup)
        for follower in (before, forgotten):
            # It reads the database that took the old one's place.
            follower._store = self.store
            with pytest.raises(HistoryChangedError):
                follower.catch_up()
        self._start_followers()

    # What is asked

    @rule()
    def catch_up(self):
        self._catch_up()

    @rule(threshold=st.sampled_from(THRESHOLDS), with_dhash=st.booleans())
    def every_matcher_finds_what_the_model_says(self, threshold, with_dhash):
        self._compare(self._matchers(), threshold, with_dhash=with_dhash)

    @rule(with_dhash=st.booleans())
    def an_answer_names_what_is_live_even_from_an_index_that_is_behind(self, with_dhash):
        query = make_signature() if with_dhash else make_signature(dhash=None)
        hits = self.index.find(query, threshold=72)
        graded = Policy().graded(hits)

        answer = self.confirmed(graded)

        live = [one for one in graded if one.hit.signature_id in self._live()]
        assert (answer is None) == (not live)
        if answer is not None:
            assert answer.hit.signature_id in self._live()
            assert answer.tier == min((one.tier for one in live), key=list(Tier).index)

    # What holds at any moment

    @invariant()
    def the_log_goes_on_where_it_ended_and_an_index_does_too(self):
        self.steps += 1
        with self.store.snapshot() as tx:
            head = tx.changes.head()
            rows = tx.changes.after(self._read[0], limit=1_000_000)
        for row in rows:
            assert follows(Stream.CHANGE, row, seq=self._read[0], digest=self._read[1])
            self._read = (row.seq, row.digest)
        assert self._read == (head.seq, head.digest)
        before, self._applied = self._applied, (head.epoch, self.follower.applied)
        assert before[0] != head.epoch or before[1] <= self._applied[1]

    @invariant()
    def what_was_withdrawn_is_not_listed(self):
        assert not self.erased & self._live().keys()

    @invariant()
    def what_left_the_list_is_known_outside(self):
        known = read_tombstones(self.sink_path)
        assert (known.erased, known.suspended) == (self.erased, self.held)

    def teardown(self):
        """The long way at the end of every history."""
        try:
            matchers = self._matchers()
            for threshold in THRESHOLDS:
                self._compare(matchers, threshold, with_dhash=True)
        finally:
            self.end()

    def end(self):
        self._end_store()
        self._ended.close()

    # Guards that controls take away

    def replay(self, known):
        replay(self.store, known, at=AT)

    def confirmed(self, graded):
        number = next(self._refs)
        asked = make_asked(self._platform, ref=f"photo {number}", new_id=f"mat_{number}")
        match = confirm(self.store, asked, graded)
        return match.nearest if match else None

    # How it is done

    def _begin(self, url):
        self.sink_path = self._folder / "tombstones.jsonl"
        self._open(url)
        self._start_followers()
        # A new instance lists what is benign: no log that was backed up is empty.
        far = Shape(pdq=128, dhash=None, spread=False, region=RegionKind.FULL, strong_only=False)
        self.open_a_case([far], twice=False, hurried=True)
        self.sink.catch_up()

    def _open(self, url):
        self._url = url
        self.store = Store.at(url, make_key_ring(current=KEYS[0], older=KEYS[1:]))
        self.sink = TombstoneSink(self.sink_path, self.store)

    def _start_followers(self):
        self._platform = make_platform(self.store)
        with self.store.snapshot() as tx:
            head = tx.changes.head()
        self._read = (head.seq, head.digest)
        self.whole_index = LayeredIndex()  # no tables, no snapshots: the log and nothing else
        self.whole = Follower(self.store, {REPORTED: self.whole_index})
        self.whole.catch_up()
        self._start_follower()

    def _start_follower(self):
        self.index = self._make_index(base_from=_BASE_FROM)
        snapshots = {REPORTED: self._plan().snapshots()[REPORTED]}
        self.follower = Follower(self.store, {REPORTED: self.index}, snapshots)
        self.follower.catch_up()

    def _end_store(self):
        self.store.close()

    def _plan(self):
        """As a builder reads it: the key in use is the first line of its key file."""
        ring = make_key_ring(current=self._kek_id, older=set(KEYS) - {self._kek_id})
        folder = self._folder
        return Plan(self._url, ring, folder / "plain", folder / "sealed", base_from=_BASE_FROM)

    def _catch_up(self):
        self.follower.catch_up()
        self.whole.catch_up()

    def _matchers(self):
        self._catch_up()
        with self.store.snapshot() as tx:
            listed = list(tx.listing.live(REPORTED))
        return {
            "model": LinearMatcher(self._listed()),
            "flat": FlatIndex(listed),
            "replayed": self.whole_index,
            "layered": self.index,
        }

    def _compare(self, matchers, threshold, *, with_dhash):
        self.compared += 1
        query = make_signature() if with_dhash else make_signature(dhash=None)
        expected = self._expected(threshold, with_dhash=with_dhash)
        tiers = {id_: self.known[id_].shape.tier(with_dhash=with_dhash) for id_ in expected}
        for name, matcher in matchers.items():
            hits = matcher.find(query, threshold=threshold)
            found = {one.signature_id: (one.pdq_distance, one.dhash_distance) for one in hits}
            assert (name, found, len(hits)) == (name, expected, len(expected))
            assert {one.signature_id: Policy().grade(one) for one in hits} == tiers

    def _move(self, id_, standing):
        with self.store.transaction() as tx:
            tx.listing.standings([id_])
            tx.listing.move({id_: standing}, at=AT)
            tx.matches.settle([id_], at=AT)
        self.known[id_] = replace(self.known[id_], standing=standing)
        self.sink.catch_up()

    def _restore_model(self, backup):
        self.known = {
            id_: replace(one, standing=Standing(ListedState.SUSPENDED, self.held[id_]))
            if id_ in self.held
            else one
            for id_, one in backup.known.items()
            if id_ not in self.erased
        }

    def _one_of(self, which):
        return list(self.known.items())[which % len(self.known)]

    def _live(self):
        return {
            id_: one.shape for id_, one in self.known.items() if one.standing.state in LIVE_STATES
        }

    def _listed(self):
        made = ((id_, shape.enrolment()) for id_, shape in self._live().items())
        return [Listed(id_, one.signature, one.strong_only) for id_, one in made]

    def _expected(self, threshold, *, with_dhash):
        return {
            id_: (shape.pdq, shape.dhash if with_dhash else None)
            for id_, shape in self._live().items()
            if shape.pdq <= threshold
        }
