"""What decoding may do to its child, and what the parent makes of it."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from hashsvc.hashing import query_signatures
from hashsvc.photos import decode
from hashsvc.policies import askable
from hashsvc.scan import child
from hashsvc.scan.answers import HEAD, MAX_SIGNATURES, REQUEST, Asked, parse, rest_length
from hashsvc.scan.records import Reason
from hashsvc.scan.sandbox import Limits, Sandbox
from tests.factories import encode, make_photo
from tests.hashsvc.scan.evidence import BAD

PHOTO = make_photo(seed=41)


@pytest.fixture
def sandbox():
    """Of children that die on demand."""
    with Sandbox(Limits(timeout_seconds=1), command=BAD) as sandbox:
        yield sandbox


def test_a_child_hashes_as_the_library_does():
    with Sandbox(Limits()) as sandbox:
        hashed = sandbox.hash(PHOTO, Asked.ALL)

    asked = query_signatures(decode(PHOTO))
    assert hashed.signatures[: hashed.full] == asked[: hashed.full]
    assert set(filter(askable, asked)) <= set(hashed.signatures)
    assert (hashed.width, hashed.height) == (320, 240)


@pytest.mark.parametrize("word", [b"KILL", b"LIES"])
def test_a_photo_that_ends_its_child_is_told_and_the_next_one_hashed(sandbox, word):
    assert sandbox.hash(PHOTO + word) is Reason.CRASHED
    assert sandbox.hash(PHOTO).width == 320


def test_a_photo_that_takes_too_long_is_told_and_the_next_one_hashed(sandbox):
    sandbox.hash(PHOTO)

    assert sandbox.hash(PHOTO + b"HANG") is Reason.TIMEOUT
    assert sandbox.hash(PHOTO).width == 320


@pytest.fixture(scope="module")
def bomb():
    return encode(Image.new("L", (11_000, 11_000)), "PNG")


@pytest.mark.goal("G10")
def test_a_photo_that_takes_too_much_memory_is_told(bomb, figure):
    with Sandbox(Limits(memory_bytes=700 << 20)) as sandbox:
        assert sandbox.hash(bomb) in {Reason.MEMORY, Reason.CRASHED}
        assert sandbox.hash(PHOTO).width == 320
    figure("a bomb that needs more than 700 MiB: told, the next photo hashed")


@pytest.mark.control("G10")
def test_without_the_limit_the_same_photo_takes_the_memory(bomb, figure):
    with Sandbox(Limits(memory_bytes=1 << 40, timeout_seconds=60)) as sandbox:
        assert sandbox.hash(bomb).width == 11_000
        status = Path(f"/proc/{sandbox._child.pid}/status").read_text()

    (peak_kib,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert int(peak_kib) > 400 << 10
    figure(f"no limit: the same bomb takes {int(peak_kib) >> 10} MiB")


def test_too_many_pixels_are_not_decoded():
    answer = child.answer(PHOTO, max_pixels=100, asked=Asked.FULL)

    assert parse(answer, b"") is Reason.TOO_MANY_PIXELS


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (PHOTO[:700], Reason.DECODE),
        (b"", Reason.DECODE),
        (encode(Image.new("L", (1, 900))), Reason.TOO_SMALL),
    ],
)
def test_what_cannot_be_hashed_has_a_reason(body, reason):
    assert parse(child.answer(body, max_pixels=10**8, asked=Asked.ALL), b"") is reason


@pytest.mark.parametrize("size", [(5, 5_000), (5, 5), (64, 64)])
def test_flat_and_narrow_photos_are_hashed(size):
    body = encode(Image.new("L", size))

    answer = child.answer(body, max_pixels=10**8, asked=Asked.ALL)

    assert HEAD.unpack(answer[: HEAD.size])[0] == 0


def test_a_child_ends_when_its_questions_do():
    questions = REQUEST.pack(len(PHOTO), 10**8, Asked.FULL) + PHOTO + b"rest"
    answers = BytesIO()

    child.serve(BytesIO(questions), answers)

    head, rest = answers.getvalue()[: HEAD.size], answers.getvalue()[HEAD.size :]
    assert len(rest) == rest_length(head)
    assert parse(head, rest).width == 320


@pytest.mark.parametrize(
    "fields",
    [
        (9, 0, 0, 0, 0, 0),
        (0, 1, 1, MAX_SIGNATURES + 1, 0, 0),
        (0, 1, 1, 0, 1, 0),
        (0, 1, 1, 0, 0, 2),
    ],
)
def test_an_answer_out_of_range_is_none(fields):
    with pytest.raises(ValueError, match="no answer"):
        rest_length(HEAD.pack(*fields))


def test_a_child_is_replaced_after_so_many_photos():
    with Sandbox(Limits(photos_per_child=1)) as sandbox:
        sandbox.hash(PHOTO)
        first = sandbox._child.pid
        sandbox.hash(PHOTO)

        assert sandbox._child.pid != first
