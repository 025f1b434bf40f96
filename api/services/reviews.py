"""What operators can do with signatures that are held, or that should be.

They see no photo and no hash: they judge by what platforms say, and by what reaches them beside the
service. So a way back is always kept open, except for what was delisted: its body is gone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.services.errors import NoSuchSignatureError, NotHeldError, SecondOperatorError
from api.services.lifecycle import DEFAULT_THRESHOLDS, Thresholds
from api.services.two_people import is_one_person
from hashsvc import SignatureId
from hashsvc.closed_sets import ListedState
from indexer.audit_records import OPERATOR, Act, Told
from indexer.records import Hold, Side, Standing
from indexer.store import Store, Transaction
from indexer.store.days import day_of
from indexer.store.reviews import Reviewed

# An uploader was right, or somebody may be under 18: one person alone does not undo that.
_TAKE_TWO = frozenset({Hold.APPEAL, Hold.CHILD})


class RestoreReason(StrEnum):
    """Why a held signature is matched again."""

    TRUE_REPORT = "true_report"  # a platform or a helpline looked at it
    NOT_BENIGN = "not_benign"  # it is near something benign, and is something else
    FLOODED_ON_PURPOSE = "flooded_on_purpose"
    VOTES_WRONG = "votes_wrong"
    APPEAL_WRONG = "appeal_wrong"
    ADULT = "adult"  # nobody in it was under 18
    MISTAKE = "mistake"  # it was suspended by mistake


class SuspendReason(StrEnum):
    """Why an operator stops a signature: what holds it then."""

    OPERATOR = "operator"
    CHILD = "child"  # somebody in it may be under 18


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for an operator."""

    totals: Mapping[Hold, int]
    signatures: Sequence[Reviewed]  # the most urgent ones


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of a wish to bring signatures back."""

    back: Sequence[SignatureId]  # they are matched again
    waiting: Sequence[SignatureId]  # for another operator


@dataclass(frozen=True, slots=True)
class ReviewService:
    """The operators' queue."""

    store: Store
    changed: Callable[[], None] = lambda: None  # called after a commit that alters the list
    thresholds: Thresholds = DEFAULT_THRESHOLDS

    def queue(self, hold: Hold | None, bank: str | None, *, limit: int) -> Queue:
        """What waits, and how much in all."""
        with self.store.snapshot() as tx:
            return Queue(tx.reviews.totals(), tx.reviews.held(hold, bank, limit=limit))

    def show(self, signature_id: SignatureId) -> Reviewed:
        """One signature, whatever its state.

        Raises:
            NoSuchSignatureError: nothing that was reported has this id.
        """
        with self.store.snapshot() as tx:
            return _these(tx, [signature_id])[0]

    def restore(
        self, ids: Sequence[SignatureId], reason: RestoreReason, *, by: str | None, at: datetime
    ) -> Restored:
        """Match signatures again; no flood suspends them from then on. All of them, or none.

        What an appeal or a suspected minor holds takes two operators, each of whom says it once.

        Args:
            ids: which ones.
            reason: a word for the audit.
            by: the operator's name, taken on trust.
            at: now.

        Raises:
            NoSuchSignatureError: nothing that was reported has one of the ids.
            NotHeldError: one of them is not suspended.
            SecondOperatorError: it takes two, and nobody gave a name.
        """
        with self.store.transaction() as tx:
            tx.listing.standings(ids)  # locks them
            found = _these(tx, ids)
            if any(one.standing.state is not ListedState.SUSPENDED for one in found):
                raise NotHeldError
            waiting = [one for one in found if _waits(one, by)]
            back = [one for one in found if one not in waiting]
            tx.reviews.wish(_ids(waiting), by=by or "")
            self._bring_back(tx, back, at=at)
            for one in found:
                about: dict[str, Told] = {"signature": one.signature_id, "reason": reason}
                about |= {"hold": one.standing.hold or Hold.OPERATOR, "back": int(one in back)}
                tx.audit.record(Act.SIGNATURE_RESTORE, by=OPERATOR, at=at, about=about)
        self.changed()
        return Restored(_ids(back), _ids(waiting))

    def suspend(self, ids: Sequence[SignatureId], reason: SuspendReason, *, at: datetime) -> None:
        """Match signatures no more, until an operator restores them; platforms hear of it.

        Raises:
            NoSuchSignatureError: nothing that was reported has one of the ids, or it is delisted.
        """
        hold = Hold(reason.value)
        with self.store.transaction() as tx:
            tx.listing.standings(ids)  # locks them
            found = _ids(_listed(tx, ids))
            moves = dict.fromkeys(found, Standing(ListedState.SUSPENDED, hold))
            tx.reviews.forget_wishes(found)
            tx.matches.settle(tx.listing.move(moves, at=at), at=at)
            for id_ in found:
                row: Mapping[str, Told] = {"signature": id_, "hold": hold}
                tx.audit.record(Act.SIGNATURE_SUSPEND, by=OPERATOR, at=at, about=row)
        self.changed()

    def delist(self, ids: Sequence[SignatureId], *, at: datetime) -> None:
        """Erase signatures: they never match again, and nothing brings them back.

        Raises:
            NoSuchSignatureError: nothing that was reported has one of the ids, or it is delisted.
        """
        with self.store.transaction() as tx:
            tx.listing.standings(ids)  # locks them
            found = _ids(_listed(tx, ids))
            tx.reviews.forget_wishes(found)
            tx.matches.settle(tx.listing.erase_these(found, day=day_of(at)), at=at)
            for id_ in found:
                about: Mapping[str, Told] = {"signature": id_}
                tx.audit.record(Act.SIGNATURE_DELIST, by=OPERATOR, at=at, about=about)
        self.changed()

    def _bring_back(self, tx: Transaction, back: Sequence[Reviewed], *, at: datetime) -> None:
        if not back:
            return
        moves = {one.signature_id: self._standing(one) for one in back}
        tx.reviews.mark(list(moves), at=at)
        tx.matches.settle(tx.listing.move(moves, at=at), at=at)

    def _standing(self, one: Reviewed) -> Standing:
        """As what platforms said of it has it; the next vote counts anew."""
        confirmed = one.votes(Side.CONFIRM) >= self.thresholds.confirm
        agreed = one.votes(Side.CONFIRM) > one.votes(Side.SUSPEND)
        return Standing(ListedState.CONFIRMED if confirmed and agreed else ListedState.PROBATION)


def _these(tx: Transaction, ids: Sequence[SignatureId]) -> list[Reviewed]:
    found = tx.reviews.these(ids)
    if len(found) != len(set(ids)):
        raise NoSuchSignatureError
    return found


def _listed(tx: Transaction, ids: Sequence[SignatureId]) -> list[Reviewed]:
    found = _these(tx, ids)
    if any(one.standing.state is ListedState.DELISTED for one in found):
        raise NoSuchSignatureError
    return found


def _ids(reviewed: Sequence[Reviewed]) -> list[SignatureId]:
    return [one.signature_id for one in reviewed]


def _waits(one: Reviewed, by: str | None) -> bool:
    """Whether another operator has to say the same."""
    if one.standing.hold not in _TAKE_TWO:
        return False
    if by is None:
        raise SecondOperatorError
    return one.wished_by is None or is_one_person(one.wished_by, by)
