"""Nothing of an old base is kept once a new one has taken its place."""

import pytest

from benchmarks.soak import Sample, rows_of, soak
from indexer.search import LayeredIndex

ARRAYS = 10  # each is one mapped file


@pytest.mark.goal("G17")
def test_only_the_newest_base_stays_mapped(tmp_path, figure):
    samples = list(soak(tmp_path, 6, 200))

    assert [sample.mapped for sample in samples[1:]] == [ARRAYS] * 5
    assert len({sample.descriptors for sample in samples[2:]}) == 1
    figure(f"{len(samples)} swaps: the newest base's {ARRAYS} files mapped, 0 descriptors more")


@pytest.mark.control("G17")
def test_a_view_that_is_kept_is_seen(tmp_path, monkeypatch, figure):
    """The control: one reader that never lets go."""
    kept, become = [], LayeredIndex.become

    def keeping(index, other):
        kept.append(other._now)
        become(index, other)

    monkeypatch.setattr(LayeredIndex, "become", keeping)

    samples = list(soak(tmp_path, 4, 200))

    assert samples[-1].mapped > samples[1].mapped
    figure(f"a reader that keeps its view: {samples[-1].mapped} files mapped after 4 swaps")


@pytest.mark.parametrize(("growth", "per_thousand"), [(0, 0), (1, 0.1)])
def test_growth_is_a_line_through_the_samples(growth, per_thousand):
    level = 1_000_000
    samples = [Sample(float(turn), level + growth * turn, 1, 1) for turn in range(100)]

    values = {row["what"]: row["value"] for row in rows_of(samples)}

    assert values["growth in 1,000 swaps"] == pytest.approx(per_thousand, rel=1e-3, abs=1e-9)
    assert values["growth in an hour at this pace"] == pytest.approx(3.6 * per_thousand, abs=1e-3)
