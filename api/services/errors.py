"""What a use case refuses. Each docstring is what the person asking is told."""


class ServiceError(Exception):
    """Base of every refusal here."""


class NoSuchCaseError(ServiceError):
    """No case has this number and PIN."""  # deliberately silent on which was wrong


class TooManyAttemptsError(ServiceError):
    """Too many wrong PINs: wait before the next try. The case itself is unchanged."""

    def __init__(self, retry_after_seconds: int) -> None:
        """Say how long.

        Args:
            retry_after_seconds: 1 or more.
        """
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class CaseWithdrawnError(ServiceError):
    """This case was withdrawn: nothing can be added to it. Open a new case."""


class KeyReusedError(ServiceError):
    """This idempotency key was used for another request: make a new key."""


class TooManySignaturesError(ServiceError):
    """A case holds at most 300 signatures: open another case for more photos."""


class UnfitSignatureError(ServiceError):
    """This signature shows too little detail to be found again: leave it out."""

    def __init__(self, place: int) -> None:
        """Say which one.

        Args:
            place: index in the request's `signatures`, from 0.
        """
        super().__init__()
        self.place = place


class IndexBehindError(ServiceError):
    """The index is not up to date, and a stale answer could be wrong: ask again shortly."""


class IdempotencyKeyMissingError(ServiceError):
    """Send the header `Idempotency-Key`: a repeated request then has one effect."""


class NoSuchMatchError(ServiceError):
    """No match of yours has this id."""


class NoSuchRegimeError(ServiceError):
    """No regime of this name is in force for this: the guide lists them."""


class ReasonUnfitError(ServiceError):
    """This reason does not go with this decision: the guide has the table."""


class ClockUnmovedError(ServiceError):
    """This clock is not in a state from which it can be moved so."""


class SignedOutError(ServiceError):
    """You are not signed in, or your session has ended: sign in."""


class KeyUnfitForConsoleError(ServiceError):
    """This key cannot open the console: it needs `matches:read`, and must not sign requests."""


class TooManyWrongKeysError(ServiceError):
    """Too many wrong keys were typed: wait some minutes, then try again."""

    def __init__(self, retry_after_seconds: int) -> None:
        """Say how long.

        Args:
            retry_after_seconds: 1 or more.
        """
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class FormForeignError(ServiceError):
    """This form was not made for you, or is too old: nothing was done. Open the page again."""


class FormUnfitError(ServiceError):
    """Choose one match or more and one decision: nothing was done."""


class CursorInvalidError(ServiceError):
    """This cursor is not one that was given out to this key's platform."""


class CursorExpiredError(ServiceError):
    """This cursor leads nowhere any more: begin again without one, and re-read your matches."""


class LookupsOffError(ServiceError):
    """This instance answers no questions with a hash in the address: ask /v1/matches."""


class ListsOffError(ServiceError):
    """This service hands no lists on."""


class ListNotGrantedError(ServiceError):
    """This list was not granted to this platform."""


class NoSuchEntryError(ServiceError):
    """No entry of the list has this id."""


class PlaceAheadError(ServiceError):
    """This place lies beyond the end of the list: fetch the list afresh."""


class NoSuchPeriodError(ServiceError):
    """There are no figures of this month: they are published when it is over."""


class NoSuchSweepError(ServiceError):
    """No sweep that you were asked for has this id."""


class NoSuchWebhookError(ServiceError):
    """No webhook of yours has this id."""


class TooManyWebhooksError(ServiceError):
    """A platform has at most ten webhooks: remove one first."""


class OperatorError(ServiceError):
    """Base of what commands meet alone: no route raises it."""


class BankUnfitError(OperatorError):
    """A list goes into a bank of its own: choose another name than `reported` or `benign`."""


class NoSuchBankError(OperatorError):
    """No bank has this name: `bank list` shows them."""


class BankTakenError(OperatorError):
    """A list that is followed has an empty bank of its own: choose another name."""


class BankFollowsError(OperatorError):
    """This bank follows another network's list: `import run` and `import remove` change it."""


class NoSuchSignatureError(OperatorError):
    """Nothing that is listed has one of these ids: `review list` shows what is held."""


class NotHeldError(OperatorError):
    """One of these is not suspended, so there is nothing to restore: nothing was done."""


class SecondOperatorError(OperatorError):
    """An appeal or a suspected minor holds one of these: say who you are with --by."""


class SourceExistsError(OperatorError):
    """A list of this name is followed already: `import status` shows it."""


class NoSuchSourceError(OperatorError):
    """No list of this name is followed: `import status` shows them."""


class SourceMovedError(OperatorError):
    """Another run went on with this list meanwhile: nothing is lost, run again."""


class NoSuchKeyError(ServiceError):
    """No API key has this id."""


class TooManyKeysError(ServiceError):
    """256 live keys hang below this one's operator's key already: revoke some first."""


class NoSuchDisclosureError(OperatorError):
    """No disclosure has this number: `disclosure list` shows them."""


class SamePersonError(OperatorError):
    """Who asked cannot approve it too, nor can a name that may be theirs."""


class NameUnfitError(OperatorError):
    """This needs your name: 64 printable signs at most, with a letter or a figure."""


class ReferenceUnfitError(OperatorError):
    """This needs a reference: 128 printable signs at most."""


class OtherReferenceError(OperatorError):
    """This grant has another reference, or none: see `list show`, `list revoke` ends it."""


class DisclosureAnsweredError(OperatorError):
    """This was approved or refused already: `disclosure list` shows by whom."""


class DisclosureUnapprovedError(OperatorError):
    """Nothing is written or built unless a second person approved it and nobody refused it."""


class DisclosureUnfitError(OperatorError):
    """A disclosure needs what its kind is about, and nothing else.

    `case_exists_by_number` needs the number that was approved, `audit_rows` --first and --last
    with 100,000 rows at most, `pack` --bank and --to, with a --name of 64 signs at most.
    """


class DisclosureIsPackError(OperatorError):
    """This disclosure is a pack: `pack build` builds it."""


class DisclosureIsNoPackError(OperatorError):
    """This disclosure is no pack: `disclosure write` writes it."""


class PackApprovalOverError(OperatorError):
    """A pack is built for 92 days after its approval, and these are over: ask anew."""


class NoSuchRowError(OperatorError):
    """The stream has no such row: `audit checkpoint` shows how long it is."""
