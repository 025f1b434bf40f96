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
from tests.probing import (
    AT,
    KEY,
    LISTED_ID,
    Bot,
    Oracle,
    SoundBot,
    Workers,
    hash_of,
    near_copy,
    number_of,
)

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


def known_by(bots, weakest, workers, **kwargs):
    """The most that bots know in the end, each of which asks so many workers at random."""
    listed = make_signature(seed=3)
    known = []
    for seed, bot in enumerate(bots):
        spread = Workers.of(workers, random=np.random.default_rng(50 + seed))
        known.append(bot.run(Oracle(listed, spread, weakest, **kwargs).matches))
    return max(known)


def bots_of(kind, *, dhash):
    listed = make_signature(seed=3)
    for seed in range(4):
        yield kind(near_copy(listed, seed=seed, dhash=dhash), np.random.default_rng(seed))


@pytest.mark.goal("T4")
@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("kind", [Bot, SoundBot])
@pytest.mark.parametrize(("dhash", "weakest"), EDGES)
def test_a_bot_at_the_edge_is_stopped_before_it_knows_half(kind, dhash, weakest, workers, figure):
    known = known_by(bots_of(kind, dhash=dhash), weakest, workers)

    figure(
        f"{kind.__name__} at the edge of {weakest}, {workers} workers: {known} of 256 bits known"
    )
    assert known < 128


@pytest.mark.goal("T4")
@pytest.mark.parametrize("kind", [Bot, SoundBot])
@pytest.mark.parametrize(("dhash", "weakest"), EDGES)
def test_who_is_refused_finds_no_other_worker_that_answers(kind, dhash, weakest, figure):
    known = known_by(bots_of(kind, dhash=dhash), weakest, workers=4, tries=20)

    figure(f"{kind.__name__} asks again where refused, 4 workers: {known} of 256 bits known")
    assert known < 128


@pytest.mark.control("T4")
@pytest.mark.parametrize("kind", [Bot, SoundBot])
def test_without_the_alarm_a_bot_knows_every_bit(kind, figure):
    listed = make_signature(seed=3)
    oracle = Oracle(listed, Workers([ProbeWatch(places=257)]), Tier.STRONG)
    bot = kind(near_copy(listed, dhash=False), np.random.default_rng(1))

    known = bot.run(oracle.matches)

    figure(f"alarm off: {kind.__name__} knows {known} of 256 bits after {oracle.asked} questions")
    assert (known, bot.found) == (256, number_of(listed.pdq))
    assert oracle.asked < 300


@pytest.mark.control("T4")
def test_where_four_workers_each_count_alone_a_bot_knows_every_bit(figure):
    listed = make_signature(seed=3)
    oracle = Oracle(listed, Workers.of(4, shared=False), Tier.STRONG)
    bot = Bot(near_copy(listed, dhash=False), np.random.default_rng(1))

    known = bot.run(oracle.matches)

    figure(f"4 workers that tell one another nothing: {known} of 256 bits known")
    assert (known, bot.found) == (256, number_of(listed.pdq))


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


@pytest.fixture(scope="module")
def copies():
    """Questions about copies of one photo, and the listed signatures that are near each."""
    photo = make_image(seed=11)
    listed = signature_of(Pixels(np.asarray(photo), ChannelOrder.RGB))
    asked_about = []
    for copy in copies_of(photo, COPIES):
        hit = hit_of(copy, Listed(LISTED_ID, listed))
        near = hit.pdq_distance <= Policy().search_bits
        asked_about.append(Near(copy, (LISTED_ID,) if near else ()))
    return asked_about


@pytest.mark.goal("T4")
@pytest.mark.parametrize("number", [1, 2, 4])
def test_copies_of_a_photo_that_goes_round_raise_no_alarm(number, copies, figure):
    workers = Workers.of(number)

    for near in copies:
        workers.ask([near])

    different = len({(near.query.pdq, near.query.dhash) for near in copies})
    figure(
        f"{COPIES:,} copies of one photo, {different:,} of them different, {number} workers:"
        f" no alarm; {workers.written:,} times workers told one another"
    )
    assert not workers.alarmed
    assert workers.most_moved() <= 64
    assert sum(bool(near.ids) for near in copies) > 0.9 * COPIES


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


def steps(watch, places, *, at=AT):
    """What is to be exchanged after questions that move these places."""
    moves = []
    for place in places:
        query = flipped(make_signature(), place)
        moves = watch.follow(KEY, [[Near(query, (LISTED_ID,))]], at=at)
    return moves


def test_other_workers_are_told_of_a_place_once():
    watch = ProbeWatch()

    moves = steps(watch, range(10))
    (of_pdq,) = (one for one in moves if one.target.algorithm is Algorithm.PDQ)
    watch.learn(moves, {}, at=AT)

    assert (of_pdq.fresh, of_pdq.places) == (True, (1 << 10) - 1)
    assert steps(watch, range(10)) == []


def test_an_alarm_elsewhere_is_learned_within_a_second_without_a_step_of_ones_own():
    watch = ProbeWatch()
    moves = steps(watch, range(10))
    watch.learn(moves, {}, at=AT)

    later = steps(watch, [3], at=AT + timedelta(seconds=1))
    watch.learn(later, {later[0].target: (1 << PLACES) - 1}, at=AT + timedelta(seconds=1))

    assert [one.fresh for one in later] == [False]
    assert steps(watch, [3], at=AT + timedelta(seconds=1.5)) == []
    with pytest.raises(ProbingError):
        asked(watch, flipped(make_signature(), 3))


def test_who_hears_of_an_alarm_does_not_pass_it_on():
    watch = ProbeWatch()
    moves = steps(watch, range(10))
    watch.learn(moves, {moves[0].target: (1 << PLACES) - 1}, at=AT)
    watch.told(watch.untold(KEY))

    assert steps(watch, range(20), at=AT + timedelta(hours=1)) == []


def test_different_questions_that_move_nothing_are_asked_about_ever_more_rarely():
    watch, exchanged = ProbeWatch(), []

    for number in range(1, 65):
        near = [[Near(make_signature(seed=number, dhash=None), (LISTED_ID,))]]
        moves = watch.follow(KEY, near, at=AT)
        watch.learn(moves, {}, at=AT)
        exchanged += [number] * len(moves)

    assert exchanged == [2, 4, 8, 16, 32, 64]


def test_a_plain_miss_concerns_nobody():
    watch = ProbeWatch()
    steps(watch, range(10))
    miss, beside = make_signature(seed=9), flipped(make_signature(), 200)

    assert not watch.concerns(KEY, [[Near(miss, ())]])
    assert not watch.concerns("key00002", [[Near(beside, ())]])
    assert watch.concerns(KEY, [[Near(beside, ())]])
    assert watch.concerns(KEY, [[Near(miss, (LISTED_ID,))]])


def test_an_alarm_of_which_nobody_was_told_concerns_every_question_of_its_key():
    watch, miss = alarmed_watch(), make_signature(seed=9)

    assert watch.concerns(KEY, [[Near(miss, ())]])
    watch.told(watch.untold(KEY))

    assert not watch.concerns(KEY, [[Near(miss, ())]])


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
