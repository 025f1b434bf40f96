"""The built-in benign signatures: what they are made from, and what they do."""

import json

import numpy as np
import pytest

from api.cli.signature_files import read_signatures
from api.services.intake import Intake
from hashsvc.hashing import enrolment_signatures
from hashsvc.photos import decode
from hashsvc.pixels import Pixels
from tests.factories import make_listed, make_pixels
from tests.golden.make_benign import FILE, benign_pictures, lines
from tests.indexer.factories import flat_index
from tests.photo_sets import some_photos


@pytest.fixture(scope="module")
def intake():
    read = read_signatures(FILE)
    assert read.problems == ()
    listed = [
        make_listed(signature_id=n, signature=one) for n, one in enumerate(read.signatures, start=1)
    ]
    return Intake(flat_index(listed))


def test_the_file_is_what_the_script_makes():
    assert [json.loads(line) for line in FILE.read_text().splitlines()] == list(lines())


def test_an_app_page_with_another_photo_in_it_is_held_or_restricted(intake):
    pages = dict(benign_pictures())
    page = pages["screenshot light, 128"].copy()
    page[150:690] = make_pixels(width=540, height=540).samples

    enrolments = intake.enrolments(enrolment_signatures(Pixels(page)))

    assert any(one.held or one.strong_only for one in enrolments)


def test_a_built_in_picture_itself_is_held(intake):
    picture = dict(benign_pictures())["ring, light"]

    enrolments = intake.enrolments(enrolment_signatures(Pixels(np.ascontiguousarray(picture))))

    assert all(one.held for one in enrolments)


def test_real_photos_are_neither_held_nor_restricted(intake):
    touched = [
        path.name
        for path in some_photos(40)
        for one in intake.enrolments(enrolment_signatures(decode(path)))
        if one.held
    ]

    assert touched == []
