"""What is written once stays, and a crash leaves the last commit."""

from contextlib import closing
from dataclasses import dataclass

import pytest

from hashsvc.scan import recording
from hashsvc.scan.exhibits import Exhibit
from hashsvc.scan.journal import open_journal
from hashsvc.scan.recording import Recorder
from hashsvc.scan.records import FileState, FoundFile, Outcome, Reason
from hashsvc.scan.sources.folder import FolderSource


@dataclass
class Listing(FolderSource):
    """A source of two files."""

    kind = "folder"

    def fingerprint(self):
        return "1"

    def files(self):
        return iter([FoundFile(b"a"), FoundFile(b"b", problem=Reason.NOT_REGULAR)])


@pytest.fixture
def journal(tmp_path):
    """With both files listed."""
    with open_journal(tmp_path) as journal, closing(Listing()) as source:
        assert not journal.source(1, Exhibit("A1", "somewhere", True, source))  # noqa: FBT003
        journal.enumerate(1, source.files())
        yield journal


def test_an_outcome_is_written_once(journal):
    ((file_id, _),) = journal.pending(1)

    journal.done(file_id, Outcome.HASHED)
    journal.done(file_id, Outcome.FAILED, Reason.DECODE)

    assert journal.totals().outcomes[Outcome.HASHED] == 1
    assert journal.totals().outcomes[Outcome.FAILED] == 0


def test_listing_again_adds_nothing(journal):
    journal.enumerate(1, Listing().files())

    assert journal.totals().enumerated == 2


def test_what_was_not_committed_is_pending_again(tmp_path, journal):
    ((file_id, _),) = journal.pending(1)
    journal.done(file_id, Outcome.HASHED)
    journal.close()

    with open_journal(tmp_path) as again:
        assert [file for _, file in again.pending(1)] == [FoundFile(b"a", modified_ns=None)]
        assert again.totals().pending == 1


def test_members_are_files_that_know_their_containers(journal):
    ((outer_id, _),) = journal.pending(1)
    journal.add_files(1, [FoundFile(b"inner.zip", state=FileState.DELETED)], parent_id=outer_id)
    (_, (inner_id, _)) = journal.pending(1)

    journal.add_files(1, [FoundFile(b"a", size=1 << 64)], parent_id=inner_id)

    (_, _, (_, member)) = journal.pending(1)
    assert member.within == FoundFile(b"inner.zip", state=FileState.DELETED, within=FoundFile(b"a"))
    assert member.size == (1 << 63) - 1


def test_whoever_watches_is_told_at_any_rate(journal, monkeypatch):
    monkeypatch.setattr(recording, "_TELL_SECONDS", 0)
    monkeypatch.setattr(recording, "_TELL_SHARE", 0)
    told = []
    recorder = Recorder(journal, told.append)

    for file_id, _ in list(journal.pending(1)):
        recorder.done(file_id, Outcome.HASHED)

    assert [totals.pending for totals in told] == [1, 0]
