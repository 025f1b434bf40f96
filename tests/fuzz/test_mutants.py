"""The figures of `docs/mutants.md` are counted as they should be."""

from tests.fuzz.mutants import counted, table_of

RESULTS = """
    hashsvc.packs.keys.x_read__mutmut_1: killed
    hashsvc.packs.keys.xǁPackKeyǁsave__mutmut_2: survived
    hashsvc.packs.keys.xǁPackKeyǁsave__mutmut_3: timeout
    hashsvc.policies.x_best__mutmut_1: no tests
"""


def test_mutants_are_counted_by_module():
    assert counted(RESULTS) == {"hashsvc.packs.keys": (3, 2), "hashsvc.policies": (1, 0)}


def test_the_table_ends_with_the_sum():
    *_, last = table_of(counted(RESULTS))

    assert last == "| `all` | 4 | 2 | 50.0 % |"
