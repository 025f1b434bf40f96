"""What can go wrong on the device side.

Naming: an error is named by what is wrong and its message is one sentence that a person can act
on. Messages never hold a hash, PIN, case number or key; a file's name is added by whoever prints.
"""


class HashsvcError(Exception):
    """Base of every error that hashsvc raises on purpose."""


class InvalidHashError(HashsvcError):
    """A hash is 64 hexadecimal digits, without spaces."""

    def __init__(self) -> None:
        super().__init__("A hash is 64 hexadecimal digits, without spaces.")


class InvalidSignatureError(HashsvcError):
    """A signature's fields do not fit together."""


class PhotoError(HashsvcError):
    """A file could not be turned into pixels."""


class NotAPhotoError(PhotoError):
    """The file is empty, or of no format that is read here."""


class UnreadablePhotoError(PhotoError):
    """The file starts like a photo but is damaged or cut short."""


class PhotoTooLargeError(PhotoError):
    """The photo has more pixels than the limit; it was not decoded."""


class PhotoTooSmallError(PhotoError):
    """The photo's short side has fewer pixels than a hash needs."""


class PhotoTooFlatError(PhotoError):
    """The photo shows too little detail to be found again."""


class ServiceError(HashsvcError):
    """The service did not do what was asked."""


class ServiceUnreachableError(ServiceError):
    """The service could not be reached, or broke off; what was asked may or may not be done."""


class RefusedError(ServiceError):
    """The service refused a request and said why."""

    def __init__(self, detail: str, *, status: int, problem: str) -> None:
        """Keep what the service answered.

        Args:
            detail: one sentence for a person.
            status: the HTTP status, 400 to 599.
            problem: the kebab-case name at the end of the problem's `type`.
        """
        super().__init__(detail)
        self.status = status
        self.problem = problem


class WorkNeededError(RefusedError):
    """Many cases come from this network: the service asks for a small sum first."""

    def __init__(self, detail: str, *, status: int, challenge: str, bits: int) -> None:
        """Keep what is to be solved.

        Args:
            detail: one sentence for a person.
            status: the HTTP status.
            challenge: as the service wrote it.
            bits: how many zeros its solution begins with.
        """
        super().__init__(detail, status=status, problem="work-needed")
        self.challenge = challenge
        self.bits = bits


class FeedBrokenError(ServiceError):
    """An entry of the feed is missing: re-read your matches, then begin without a cursor."""

    def __init__(self) -> None:
        super().__init__(
            "An entry of the feed is missing: re-read your matches, then begin without a cursor."
        )


class CaseIncompleteError(ServiceError):
    """A case was opened, but not all of its signatures could be sent."""

    def __init__(self, number: str) -> None:
        """Keep what the survivor needs.

        Args:
            number: the case number; not part of the message.
        """
        super().__init__(
            "The case is open, but not all photos are in it: add them again with `case add`."
        )
        self.number = number


class WebhookError(HashsvcError):
    """A message to a webhook is not to be acted on."""


class WebhookUnsignedError(WebhookError):
    """The message carries no signature that fits: it is not from the service, or was altered."""


class WebhookStaleError(WebhookError):
    """The message was sent more than five minutes ago, or this machine's clock is wrong."""


class WebhookRepeatedError(WebhookError):
    """The message was here before: say that it arrived, and do nothing."""
