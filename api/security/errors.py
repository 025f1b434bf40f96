"""What security refuses. Deliberately silent on details that would help a guesser."""


class SecurityError(Exception):
    """Base of every refusal here."""


class OverloadedError(SecurityError):
    """Too much is being asked at once; try again in a few seconds."""


class KeyInvalidError(SecurityError):
    """The API key is missing, unknown, not yet valid, expired or revoked."""


class ScopeMissingError(SecurityError):
    """The API key may not do this."""


class SignatureInvalidError(SecurityError):
    """Requests with this key must be signed (RFC 9421), each one anew: see the guide for how."""


class KeyTooBroadError(SecurityError):
    """A key makes none that may do more, hold longer, see weaker tiers or ask more than itself."""


class KeyTooLongError(SecurityError):
    """A key holds at most 400 days from now, and begins before it ends."""


class AddressRefusedError(SecurityError):
    """Nothing is sent there: it must be https, and its name must lead to public addresses alone."""
