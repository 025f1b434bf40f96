"""Whoever works out a listed hash is noticed; copies of one photo that goes round are not."""

import os
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from api.security.probes import PLACES, Near, ProbeWatch, ProbingError
from hashsvc import Algorithm, LinearMatcher, Listed, Policy, Tier
from hashsvc.hashing import signature_of
from hashsvc.matching import hit_of
from hashsvc.pixels import ChannelOrder, Pixels
from tests.factories import make_image, make_signature
from tests.probing import AT, LISTED_ID, Bot, Oracle, SoundBot, hash_of, near_copy, number_of

KEY = "key00001"
COPIES = int(os.environ.get("HASHSVC_TEST_COPIES", "150"))
RANDOM_QUESTIONS = int(os.environ.get("HASHSVC_TEST_RANDOM_QUESTIONS", "5000"))
EDGES = [
    pytest.param(False, Tier.STRONG, id="the edge of strong, PDQ alone"),
    pytest.param(True, Tier.LIKELY, id="the edge of likely"),
    pytest.param(True, Tier.POSSIBLE, id="the edge of possible, beyond which nothing is found"),
]


def asked(watch, query, *, ids=(LISTED_ID,), key=KEY, at=AT):
    near = [[Near(query, tuple(ids))]]
    watch.follow(key, near, at=at)
    watch.require_unlike(key, near, at=at)


def flipped(signature, *places, algorithm=Algorithm.PDQ):
    name = algorithm.value
    number = number_of(getattr(signature, name)) ^ sum(1 << place for place in places)
    return replace(signature, **{name: hash_of(number, algorithm)})


def alarmed_watch(algorithm=Algorithm.PDQ):
    """A watch in which a key has tried out so many bits of a listed hash that it is refused."""
    watch = ProbeWatch()
    for place in range(PLACES if algorithm is Algorithm.PDQ else 160):
        query = flipped(make_signature(), place, algorithm=algorithm)
        watch.follow(KEY, [[Near(query, (LISTED_ID,))]], at=AT)
    return watch


@pytest.mark.goal("T4")
@pytest.mark.parametrize("kind", [Bot, SoundBot])
@pytest.mark.parametrize(("dhash", "weakest"), EDGES)
def test_a_bot_at_the_edge_is_stopped_before_it_knows_half(kind, dhash, weakest, figure):
    listed = make_signature(seed=3)
    known = []
    for seed in range(4):
        oracle = Oracle(listed, [ProbeWatch()], weakest)
        bot = kind(near_copy(listed, seed=seed, dhash=dhash), np.random.default_rng(seed))
        known.append(bot.run(oracle.matches))

    figure(f"{kind.__name__} at the edge of {weakest}: at most {max(known)} of 256 bits known")
    assert max(known) < 128


@pytest.mark.control("T4")
@pytest.mark.parametrize("kind", [Bot, SoundBot])
def test_without_the_alarm_a_bot_knows_every_bit(kind, figure):
    listed = make_signature(seed=3)
    oracle = Oracle(listed, [ProbeWatch(places=257)], Tier.STRONG)
    bot = kind(near_copy(listed, dhash=False), np.random.default_rng(1))

    known = bot.run(oracle.matches)

    figure(f"alarm off: {kind.__name__} knows {known} of 256 bits after {oracle.asked} questions")
    assert (known, bot.found) == (256, number_of(listed.pdq))
    assert oracle.asked < 300


def test_two_workers_stop_a_bot_when_it_knows_half(figure):
    listed = make_signature(seed=3)
    oracle = Oracle(listed, [ProbeWatch(workers=2), ProbeWatch(workers=2)], Tier.STRONG)
    bot = Bot(near_copy(listed, dhash=False), np.random.default_rng(1))

    known = bot.run(oracle.matches)

    figure(f"two workers, questions in turn: {known} of 256 bits known")
    assert known <= 128


def copies_of(photo, count):
    """Copies as they go round: other sizes, other qualities, saved twice, some brighter or cut."""
    random = np.random.default_rng(5)
    for _ in range(count):
        copy = photo
        if random.random() < 0.3:
            left, top, right, bottom = random.uniform(0, 0.02, 4)
            box = (left * copy.width, top * copy.height)
            copy = copy.crop((*box, (1 - right) * copy.width, (1 - bottom) * copy.height))
        scale = random.uniform(0.3, 1.2)
        copy = copy.resize((int(copy.width * scale), int(copy.height * scale)))
        if random.random() < 0.3:
            factor = random.uniform(0.8, 1.2)
            copy = copy.point(lambda value, factor=factor: value * factor)
        for quality in random.integers(30, 96, 2):
            saved = BytesIO()
            copy.save(saved, "JPEG", quality=int(quality))
            copy = Image.open(saved)
        yield signature_of(Pixels(np.asarray(copy.convert("RGB")), ChannelOrder.RGB))


@pytest.mark.goal("T4")
def test_copies_of_a_photo_that_goes_round_raise_no_alarm(figure):
    photo = make_image(seed=11)
    listed = signature_of(Pixels(np.asarray(photo), ChannelOrder.RGB))
    watch, found, different = ProbeWatch(), 0, set()

    for copy in copies_of(photo, COPIES):
        hit = hit_of(copy, Listed(LISTED_ID, listed))
        near = hit.pdq_distance <= Policy().search_bits
        found += near
        different.add((copy.pdq, copy.dhash))
        asked(watch, copy, ids=[LISTED_ID] if near else [])

    figure(f"{COPIES:,} copies of one photo, {len(different):,} of them different: no alarm")
    assert watch.untold(KEY) == []
    assert found > 0.9 * COPIES


def test_places_that_move_again_and_again_count_once():
    watch, base = ProbeWatch(), make_signature()
    random = np.random.default_rng(1)

    for _ in range(3_000):
        asked(watch, flipped(base, *random.choice(PLACES - 1, 2, replace=False).tolist()))

    assert watch.untold(KEY) == []


def test_a_refusal_depends_on_what_was_asked_and_not_on_what_is_listed():
    watch, base = alarmed_watch(), make_signature()

    for ids in ([LISTED_ID], []):
        with pytest.raises(ProbingError) as refused:
            asked(watch, flipped(base, 200, 201), ids=ids)
        assert refused.value.items == (0,)
        assert 0 < refused.value.retry_after_seconds <= 86_400
    asked(watch, make_signature(seed=9), ids=[LISTED_ID])


def test_only_the_uploads_beside_the_probe_are_named():
    watch, other = alarmed_watch(), make_signature(seed=9)
    request = [[Near(other, ())], [Near(flipped(make_signature(), 3), (LISTED_ID,))]]

    with pytest.raises(ProbingError) as refused:
        watch.require_unlike(KEY, request, at=AT)

    assert refused.value.items == (1,)


def test_another_operators_key_is_not_refused():
    watch = alarmed_watch()

    asked(watch, flipped(make_signature(), 3), key="key00002")

    assert watch.untold("key00002") == []


def test_the_dhash_is_watched_as_the_pdq_is():
    watch = alarmed_watch(Algorithm.DHASH)

    with pytest.raises(ProbingError):
        asked(watch, flipped(make_signature(), 200, algorithm=Algorithm.DHASH))


def test_the_operator_is_told_once():
    watch = alarmed_watch()

    (probe,) = watch.untold(KEY)
    watch.told([probe])

    assert probe.signature_id == LISTED_ID
    assert watch.untold(KEY) == []


def test_a_day_later_it_is_forgotten():
    watch = alarmed_watch()

    asked(watch, flipped(make_signature(), 3), at=AT + timedelta(days=1))

    assert watch.untold(KEY) == []


def test_what_is_remembered_is_bounded():
    watch = ProbeWatch()

    for number in range(5_000):
        asked(watch, make_signature(seed=1, dhash=None), ids=[number + 1])

    assert len(watch._trails) <= 4_096  # memory is nothing a caller sees


@pytest.mark.goal("T4")
def test_random_questions_find_nothing(figure):
    listed = LinearMatcher([Listed(LISTED_ID, make_signature(seed=seed)) for seed in range(64)])
    policy, random = Policy(), np.random.default_rng(2)

    found = 0
    for _ in range(RANDOM_QUESTIONS):
        query = replace(make_signature(), pdq=hash_of(int.from_bytes(random.bytes(32), "big")))
        found += len(listed.find(query, threshold=policy.search_bits))

    figure(f"{RANDOM_QUESTIONS:,} random questions to 64 listed signatures: {found} hits")
    assert found == 0
