"""Keys are remembered for less than a second, and read again before that, once."""

from concurrent.futures import ThreadPoolExecutor

from api.services.key_memory import KeyMemory


class Clock:
    seconds = 100.0

    def __call__(self):
        return self.seconds


def remembering():
    clock = Clock()
    memory = KeyMemory(clock)
    memory.keep("known", None, read_at=memory.now())
    return clock, memory


def test_what_was_read_is_known_for_less_than_a_second():
    clock, memory = remembering()
    assert memory.recall("other") is None
    assert memory.recall("known").holder is None

    clock.seconds += 0.91

    assert memory.recall("known") is None
    assert memory.recall("known") is None


def test_halfway_one_alone_reads_it_again_and_the_others_need_not_wait():
    clock, memory = remembering()
    assert not memory.renewal_due(memory.recall("known"))
    clock.seconds += 0.46

    with ThreadPoolExecutor(8) as requests:
        found = list(requests.map(memory.recall, ["known"] * 100))
        due = list(requests.map(memory.renewal_due, found))

    assert None not in found
    assert due.count(True) == 1


def test_what_was_read_again_is_known_as_long():
    clock, memory = remembering()
    clock.seconds += 0.5

    memory.keep("known", None, read_at=memory.now())
    clock.seconds += 0.44

    assert not memory.renewal_due(memory.recall("known"))
    clock.seconds += 0.02
    assert memory.renewal_due(memory.recall("known"))


def test_its_time_runs_from_before_it_was_read():
    clock, memory = remembering()
    began = memory.now()
    clock.seconds += 0.8  # the store was slow; the key may have been revoked since

    memory.keep("known", None, read_at=began)
    clock.seconds += 0.11

    assert memory.recall("known") is None


def test_guessed_ids_fill_no_memory():
    _, memory = remembering()

    for number in range(10_000):
        memory.keep(str(number), None, read_at=memory.now())

    assert len(memory) <= 10_000
    assert memory.recall("9999") is not None
