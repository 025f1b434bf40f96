"""Other networks' words stand in the modules that speak their dialects, and nowhere else."""

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SPEAKERS = ("api/compat/", "hashsvc/threatexchange_plugin.py", "hashsvc/scan/reports/")
WORDS = re.compile(
    r"hashStatus|hashValue|signalType|signal_type|feedbackValue|CSPFeedbacks|caseNumbers"
    r"|nextPageToken|nextSetTimestamp|bank_content_id|deletedImage|SignalExchange"
)


def found_in(texts):
    """The names of those that use such words."""
    return sorted(name for name, text in texts.items() if WORDS.search(text))


def texts():
    packages = ("hashsvc", "indexer", "api")
    paths = [path for package in packages for path in (REPOSITORY / package).rglob("*.py")]
    return {path.relative_to(REPOSITORY).as_posix(): path.read_text() for path in paths}


def test_their_words_stand_where_they_are_spoken_alone():
    assert [name for name in found_in(texts()) if not name.startswith(SPEAKERS)] == []


def test_the_search_finds_those_who_speak():
    """The control."""
    speaking = found_in(texts())

    assert {"api/compat/stopncii.py", "hashsvc/threatexchange_plugin.py"} <= set(speaking)


@pytest.mark.parametrize("line", ["record['hashStatus']", "signal_type = 'pdq'"])
def test_the_search_would_find_a_word(line):
    """The control."""
    assert found_in({"api/x.py": line}) == ["api/x.py"]
