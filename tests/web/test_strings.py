"""The words of the page: complete, short, plain, and without a promise that cannot be kept."""

import re
from pathlib import Path

import pytest

from api.web.catalogue import read_catalogue

WEB = Path(__file__).parents[2] / "api" / "web"
CATALOGUE = read_catalogue()
SURVIVORS = {  # what platforms are told is written for engineers
    language: {k: p.text for k, p in phrases.items() if not k.startswith("platforms")}
    for language, phrases in CATALOGUE.items()
}
LONGEST_SENTENCE = 14  # words
HIGHEST_GRADE = 5.0  # Flesch-Kincaid: about ten years old
FORBIDDEN = re.compile(
    r"\b(victims?|nudes?|porn\w*|revenge|should have|illegal|proof|guarantee\w*|forever|impossible"
    r"|anonym\w*|zero knowledge|irreversib\w*|cannot be reversed|cannot be turned back"
    r"|hash\w*|match\w*|tiers?|banks?|signatures?)\b",
    re.IGNORECASE,
)
COMPUTED = re.compile(r"^(fail|line|language)\.")  # made from a code, a help line, a button


def sentences(text):
    return [one for one in re.split(r"(?<=[.?!:])\s+", text) if re.search(r"\w", one)]


def words(text):
    return re.findall(r"[A-Za-z0-9{}'-]+", text)


def syllables(word):
    groups = re.findall(r"[aeiouy]+", word.lower().removesuffix("e"))
    return max(1, len(groups))


def grade(texts):
    """Flesch-Kincaid over all texts."""
    every = [sentence for text in texts for sentence in sentences(text)]
    all_words = [word for sentence in every for word in words(sentence)]
    per_word = sum(map(syllables, all_words)) / len(all_words)
    return 0.39 * len(all_words) / len(every) + 11.8 * per_word - 15.59


@pytest.mark.parametrize("language", SURVIVORS)
def test_sentences_are_short(language):
    long = [
        sentence
        for text in SURVIVORS[language].values()
        for sentence in sentences(text)
        if len(words(sentence)) > LONGEST_SENTENCE
    ]

    assert long == []


def test_english_can_be_read_at_ten():
    assert grade(SURVIVORS["en"].values()) <= HIGHEST_GRADE


def test_the_grade_tells_hard_words_from_easy_ones():
    """The control."""
    hard = "Cryptographic representations are irrevocably disassociated from identifiability."

    assert grade([hard]) > 12 > HIGHEST_GRADE > grade(["You can stop now. It is not your fault."])


def test_no_word_blames_alarms_or_promises():
    texts = SURVIVORS["en"].items()

    assert [(key, found[0]) for key, text in texts if (found := FORBIDDEN.search(text))] == []


@pytest.mark.parametrize("text", ["This is anonymous.", "It cannot be reversed", "We hash it."])
def test_the_search_would_find_them(text):
    """The control."""
    assert FORBIDDEN.search(text)


def used_keys():
    """Every key that a page or a script names."""
    html = "".join(path.read_text() for path in WEB.glob("*.html"))
    python = (WEB / "rendering.py").read_text()
    scripts = "".join(path.read_text() for path in (WEB / "static" / "js").glob("*.js"))
    keys = set(re.findall(r'data-t="([\w.-]+)"', html))
    keys |= set(re.findall(r"\{\{(?:en|sw):([\w.-]+)\}\}", html))
    literals = set(re.findall(r"'([\w.-]+)'", scripts)) | set(re.findall(r'"([\w.-]+)"', python))
    return keys, literals


def test_every_phrase_is_used_and_every_use_has_a_phrase():
    keys, literals = used_keys()
    known = set(CATALOGUE["en"])

    assert keys - known == set()
    assert {key for key in known - keys - literals if not COMPUTED.match(key)} == set()
    dotted = {literal for literal in literals if re.match(r"^(err|case|status|send)\.", literal)}
    assert dotted - known == set()


def test_every_reason_of_the_worker_has_a_phrase():
    messages = (WEB / "static" / "js" / "messages.js").read_text()
    reasons = set(re.findall(r"^  [A-Z_]+: '([\w-]+)'", messages, re.MULTILINE))

    assert len(reasons) > 10
    assert {f"fail.{reason}" for reason in reasons} <= set(CATALOGUE["en"])


def test_no_number_of_a_helpline_is_in_a_phrase():
    texts = [text for phrases in SURVIVORS.values() for text in phrases.values()]

    assert [text for text in texts if re.search(r"\b(116|1195)\b", text)] == []
