"""What holds for every index while signatures come and go: it answers like a fresh linear scan."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hashsvc.matching import LinearMatcher
from hashsvc.times import now
from indexer.search import FlatIndex, LayeredIndex
from tests.factories import make_listed, make_signature, with_flipped_bits

QUERY = make_signature()
IDS = st.integers(1, 8)  # few, so that ids come back
DISTANCES = st.sampled_from([0, 2, 30, 31, 32, 50, 51, 72, 73, 128])


class FlatOverTime(RuleBasedStateMachine):
    """Compares an index with a dictionary of what it should hold."""

    make_index = FlatIndex

    def __init__(self):
        super().__init__()
        self.index = self.make_index()
        self.model = {}

    @rule(entries=st.lists(st.tuples(IDS, DISTANCES, st.booleans()), max_size=4))
    def add(self, entries):
        listed = [
            make_listed(
                signature_id=id_, pdq=with_flipped_bits(QUERY.pdq, bits), strong_only=strong_only
            )
            for id_, bits, strong_only in entries
        ]
        self.index.add(listed)
        self.model |= {entry.signature_id: entry for entry in listed}

    @rule(ids=st.lists(IDS, max_size=4))
    def remove(self, ids):
        self.index.remove(ids)
        for id_ in ids:
            self.model.pop(id_, None)

    @rule(threshold=DISTANCES)
    def query(self, threshold):
        reference = LinearMatcher(list(self.model.values()))

        found = self.index.find(QUERY, threshold=threshold)

        assert found == reference.find(QUERY, threshold=threshold)

    @invariant()
    def holds_every_id_once(self):
        assert len(self.index) == len(self.model)
        found = self.index.find(QUERY, threshold=256)
        assert sorted(hit.signature_id for hit in found) == sorted(self.model)


class LayeredOverTime(FlatOverTime):
    """The same, from FAISS alone to a base with changes, and compacted at any time."""

    def make_index(self):
        return LayeredIndex(base_from=3, delta_rows=4)

    @rule()
    def compact(self):
        base = self.index.compacted()
        if base is not None:
            self.index.become(self.index.upon(base, built_at=now()))


TestFlatOverTime = FlatOverTime.TestCase
TestFlatOverTime.settings = settings(stateful_step_count=20)
TestLayeredOverTime = LayeredOverTime.TestCase
TestLayeredOverTime.settings = settings(stateful_step_count=20)
