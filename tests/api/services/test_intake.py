"""What the gates let in, what they restrict, what they hold."""

import pytest

from api.services.errors import UnfitSignatureError
from api.services.intake import Intake
from indexer.records import Enrolment
from tests.factories import make_listed, make_signature, with_flipped_bits
from tests.indexer.factories import flat_index

BENIGN = make_signature(seed=500)


def judged(signature, *, benign=BENIGN):
    (enrolment,) = Intake(flat_index([make_listed(signature=benign)])).enrolments([signature])
    return enrolment


def near(pdq_bits, dhash_bits):
    """A signature at exact distances from the benign one."""
    return make_signature(
        pdq=with_flipped_bits(BENIGN.pdq, pdq_bits),
        dhash=with_flipped_bits(BENIGN.dhash, dhash_bits),
    )


def test_a_signature_far_from_everything_benign_is_listed():
    signature = make_signature(seed=1)

    assert judged(signature) == Enrolment(signature)


@pytest.mark.parametrize(
    ("pdq_bits", "dhash_bits", "strong_only", "held"),
    [
        (0, 0, True, True),
        (31, 80, True, True),
        (31, 81, False, True),
        (32, 80, True, False),
        (80, 80, True, False),
        (80, 81, False, False),
        (81, 80, False, False),
    ],
)
def test_the_nearer_to_a_benign_signature_the_stricter(pdq_bits, dhash_bits, strong_only, held):
    enrolment = judged(near(pdq_bits, dhash_bits))

    assert (enrolment.strong_only, enrolment.held) == (strong_only, held)


def test_a_benign_signature_without_dhash_holds_its_like_alone():
    benign = make_signature(seed=500, dhash=None)

    assert judged(near(31, 0), benign=benign).held
    assert not judged(near(40, 0), benign=benign).strong_only


@pytest.mark.parametrize(("quality", "strong_only"), [(10, True), (49, True), (50, False)])
def test_a_dark_photo_answers_at_strong_alone(quality, strong_only):
    assert judged(make_signature(quality=quality)).strong_only is strong_only


def test_an_unfit_signature_is_named_by_its_place():
    intake = Intake(flat_index([]))

    with pytest.raises(UnfitSignatureError) as caught:
        intake.enrolments([make_signature(), make_signature(seed=1, quality=9)])

    assert caught.value.place == 1


def test_a_signature_sent_twice_is_listed_once():
    assert len(Intake(flat_index([])).enrolments([make_signature(), make_signature()])) == 1
