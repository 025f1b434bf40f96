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


class WitnessError(TransparencyError):
    """A witness's folder cannot be used."""


class WitnessFolderError(WitnessError):
    """This is no folder of a witness: `hashsvc witness new` makes one."""


class WitnessExistsError(WitnessError):
    """This folder is not empty: a witness's key is never written over."""


class LogUnknownError(WitnessError):
    """This witness does not watch this log: `hashsvc witness trust` tells it to."""


class CheckpointOlderError(WitnessError):
    """The checkpoint is older than the one that is held here: ask for a new one."""


class GrowthProofMissingError(WitnessError):
    """The log grew, and nothing proves that it only grew."""

    def __init__(self, held: int) -> None:
        """Say what to ask for.

        Args:
            held: the size of the checkpoint that is held.
        """
        super().__init__(
            "The log grew, and this file does not prove that it only grew: ask for what "
            f"`hashsvc-server audit prove --since {held}` writes."
        )


class ForkedError(WitnessError):
    """The service signed two versions of one log that cannot both be true.

    Rows were altered, or taken away. Nothing was signed here; both versions are kept.
    """


class GrowthUnprovenError(WitnessError):
    """The log does not begin with what is held here, or the proof is damaged.

    Nothing was signed here; both checkpoints are kept. Ask for the proof once more: if it is the
    same again, rows were altered or taken away.
    """
