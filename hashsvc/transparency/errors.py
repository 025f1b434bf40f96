"""What can be wrong with a signed note, a checkpoint or a proof."""

from hashsvc.errors import HashsvcError


class TransparencyError(HashsvcError):
    """Something that should prove a log does not."""


class NoteMalformedError(TransparencyError):
    """This is no signed note: text, an empty line, and lines of signatures."""


class VerifierKeyError(TransparencyError):
    """A verifier key is one line: `name+key id+base64`, as the signer gave it."""


class NoteUnsignedError(TransparencyError):
    """The note carries no signature of a key that is known here."""


class NoteForgedError(TransparencyError):
    """A signature in a known key's name does not fit: the text or the signature was altered."""


class CheckpointMalformedError(TransparencyError):
    """This is no checkpoint: origin, size and root, each on a line of its own."""


class ProofMalformedError(TransparencyError):
    """This is no file with a proof."""


class ProofWrongError(TransparencyError):
    """The proof does not prove what it says: rows were altered, or it is of another log."""
