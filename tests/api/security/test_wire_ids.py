"""Names of listed signatures in lists that are handed on."""

from hypothesis import given
from hypothesis import strategies as st

from api.security.wire_ids import WireIds
from indexer.store.sealing import DataKey

ids = st.integers(1, 2**63 - 1)
MINE, THEIRS = (WireIds.of(DataKey(1, letter * 32)) for letter in (b"a", b"b"))


@given(ids)
def test_a_name_leads_back_to_its_signature(signature_id):
    name = MINE.name(signature_id)

    assert name.startswith("lst_")
    assert len(name) == 30
    assert MINE.read(name) == signature_id


@given(ids)
def test_a_name_is_nothing_to_another_recipient(signature_id):
    assert MINE.name(signature_id) != THEIRS.name(signature_id)
    assert THEIRS.read(MINE.name(signature_id)) is None


@given(st.text() | st.from_regex(r"lst_[0-9A-Z]{26}", fullmatch=True))
def test_what_is_no_name_reads_as_none(text):
    assert MINE.read(text) is None


def test_the_key_is_not_shown():
    assert "key" not in repr(MINE)
