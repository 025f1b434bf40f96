"""What happened, as clients saw it, and the rules that it must keep."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf


class Op(StrEnum):
    ADD = "add"
    WITHDRAW = "withdraw"
    QUERY = "query"


class Outcome(StrEnum):
    OK = "ok"
    FAIL = "fail"  # it did not happen
    INFO = "info"  # nobody answered: it may have happened, at any time until the end


@dataclass(frozen=True, slots=True)
class Event:
    """One request; times are one monotonic clock's."""

    op: Op
    id: int  # what was added, withdrawn or asked about
    invoked: float
    completed: float
    outcome: Outcome = Outcome.OK
    seq: int | None = None  # of an add that was acknowledged
    min_seq: int | None = None  # what a query insisted on
    found: tuple[int, ...] = ()
    answered: tuple[str, ...] = ()  # ids of the matches that a query was told of


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule, and the event that broke it."""

    rule: str
    event: Event


def violations(
    events: Sequence[Event],
    *,
    log: Sequence[int],
    fresh_seconds: float,
    audited: Sequence[str] = (),
) -> list[Violation]:
    """Everything that must not have happened.

    Args:
        events: in any order.
        log: sequence numbers in the store, afterwards.
        fresh_seconds: how long an acknowledged add may stay unfound.
        audited: ids of matches in the audit rows of answers, afterwards.
    """
    adds = _first(events, Op.ADD)
    withdrawals = _first(events, Op.WITHDRAW)
    found: list[Violation] = []
    for event in events:
        if event.op is Op.QUERY and event.outcome is Outcome.OK:
            broken = _broken_by(event, adds, withdrawals, fresh_seconds)
            found.extend(Violation(rule, event) for rule in broken)
    return [*found, *_disorder(events, log), *_unaudited(events, audited)]


def _first(events: Sequence[Event], op: Op) -> dict[int, Event]:
    """The first event of each id that may have had an effect."""
    ordered = sorted(events, key=lambda event: event.invoked, reverse=True)
    return {event.id: event for event in ordered if event.op is op and _may(event)}


def _may(event: Event) -> bool:
    return event.outcome is not Outcome.FAIL


def _broken_by(
    query: Event, adds: dict[int, Event], withdrawals: dict[int, Event], fresh_seconds: float
) -> Iterator[str]:
    add, withdrawal = adds.get(query.id), withdrawals.get(query.id)
    if add and add.outcome is Outcome.OK and query.id not in query.found:
        gone = withdrawal is not None and withdrawal.invoked < query.completed
        if not gone and query.invoked > add.completed + fresh_seconds:
            yield "H1: an acknowledged add is found"
        insisted = query.min_seq is not None and add.seq is not None
        if not gone and insisted and query.min_seq >= add.seq:
            yield "H4: what a query insists on is found"
    for id_ in query.found:
        withdrawal = withdrawals.get(id_)
        acknowledged = withdrawal is not None and withdrawal.outcome is Outcome.OK
        if acknowledged and withdrawal.completed < query.invoked:
            yield "H2: what was withdrawn is not found"
        if id_ not in adds or adds[id_].invoked > query.completed:
            yield "H3: nothing is found that nobody added"


def _unaudited(events: Sequence[Event], audited: Sequence[str]) -> Iterator[Violation]:
    """Each answer has its row, and each row its answer, but for questions nobody answered."""
    rows = Counter(audited)
    for event in events:
        if event.outcome is Outcome.OK:
            rows.subtract(event.answered)
            if any(rows[one] < 0 for one in event.answered):
                yield Violation("H6: no answer without its audit row", event)
    unknown = [event for event in events if event.op is Op.QUERY and event.outcome is Outcome.INFO]
    if sum(rows.values()) > 0 and not unknown:
        yield Violation("H6: no audit row without its answer", events[-1])


def _disorder(events: Sequence[Event], log: Sequence[int]) -> Iterator[Violation]:
    """Acknowledged numbers are distinct, in the order of time, and in a log without a gap."""
    acknowledged = [event for event in events if event.op is Op.ADD and event.seq is not None]
    acknowledged.sort(key=lambda event: event.invoked)
    numbers = set()
    held = set(log)
    gap_free = sorted(log) == list(range(1, len(log) + 1))
    ended: list[Event] = []
    latest = -inf
    by_end = sorted(acknowledged, key=lambda event: event.completed)
    for event in acknowledged:
        while len(ended) < len(by_end) and by_end[len(ended)].completed < event.invoked:
            latest = max(latest, by_end[len(ended)].seq)
            ended.append(by_end[len(ended)])
        if event.seq in numbers or event.seq <= latest:
            yield Violation("H5: acknowledged numbers are distinct and follow time", event)
        if not gap_free or event.seq not in held:
            yield Violation("H5: the log is gap-free and holds what was acknowledged", event)
        numbers.add(event.seq)
