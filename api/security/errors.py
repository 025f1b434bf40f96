"""What security refuses. Deliberately silent on details that would help a guesser."""


class SecurityError(Exception):
    """Base of every refusal here."""


class OverloadedError(SecurityError):
    """Too much is being asked at once; try again in a few seconds."""


class KeyInvalidError(SecurityError):
    """The API key is missing, unknown, expired or revoked."""


class ScopeMissingError(SecurityError):
    """The API key may not do this."""
