"""What can be decided and why: the table of effects, in the order in which it is offered."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from api.console.forms import Form
from api.services.errors import FormUnfitError
from api.services.lifecycle import EFFECTS
from hashsvc.closed_sets import Decision, Reason, Restriction
from indexer.platform_records import NewDecision

REASONS_OF: Mapping[Decision, Sequence[Reason]] = {
    decision: [reason for each, reason in EFFECTS if each is decision] for decision in Decision
}


def value_of(decision: Decision, reason: Reason) -> str:
    """What the button of a reason sends."""
    return f"{decision}/{reason}"


def decision_of(form: Form, *, at: datetime) -> NewDecision:
    """The decision of the button that was pressed.

    Raises:
        FormUnfitError: it is none, or what it needs is missing.
    """
    name, _, why = form.one("choice").partition("/")
    try:
        decision, reason = Decision(name), Reason(why)
        restriction = _restriction(form, decision)
    except ValueError as error:
        raise FormUnfitError from error
    return NewDecision(decision, reason, automated=False, decided_at=at, restriction=restriction)


def _restriction(form: Form, decision: Decision) -> Restriction | None:
    # The form always sends it; it counts where something was restricted.
    return Restriction(form.one("restriction")) if decision is Decision.RESTRICTED else None
