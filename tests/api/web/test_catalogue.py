"""A gap in a language stops the start, and what nobody has read is named."""

import pytest

from api.web.catalogue import CatalogueError, Phrase, read_catalogue, require_agreement
from api.web.release import main, unreviewed
from api.web.rendering import Words, render


def phrases(**texts):
    return {key: Phrase(text, reviewed=False) for key, text in texts.items()}


def test_the_languages_agree():
    catalogue = read_catalogue()

    assert set(catalogue) == {"en", "sw"}
    assert len(catalogue["en"]) > 100


@pytest.mark.parametrize(
    "other", [phrases(), phrases(a="x {n}", b="y"), phrases(a="x {m}"), phrases(a="x")]
)
def test_a_gap_is_refused(other):
    with pytest.raises(CatalogueError):
        require_agreement({"en": phrases(a="x {n}"), "sw": other})


def test_phrases_that_nobody_has_read_are_counted():
    catalogue = {"en": {"a": Phrase("x", reviewed=True)}, "sw": phrases(a="x", b="y")}

    assert unreviewed(catalogue) == ["sw: 2 phrases to review"]


def test_the_release_waits_for_people(capsys):
    assert main() == 1
    assert "sw: " in capsys.readouterr().out


def test_a_page_that_names_a_missing_phrase_does_not_render():
    words = Words.read()
    gap = Words({"en": {}, "sw": {}}, words.lines, words.exit_url, words.platforms)

    with pytest.raises(KeyError):
        render("page.html", gap)


def test_data_for_scripts_cannot_end_its_element():
    words = Words.read()
    hostile = {"en": {**words.strings["en"], "yes": "</script><b>"}, "sw": words.strings["sw"]}

    page = render("page.html", Words(hostile, words.lines, words.exit_url, words.platforms))

    assert "</script><b>" not in page
    assert "\\u003c/script>" in page
