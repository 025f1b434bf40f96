"""What can be wrong with a pack or the keys around it."""

from enum import StrEnum

from hashsvc.errors import HashsvcError


class PackError(HashsvcError):
    """A pack or a key for it cannot be used."""


class PackKeyError(PackError):
    """A key or trust file is missing, open to others, or damaged."""


class Refusal(StrEnum):
    """Why a pack is not opened; the first reason in the order of the checks."""

    UNREADABLE = "unreadable"
    RECIPIENT = "recipient"
    DAMAGED = "damaged"
    SIGNER = "signer"
    BANK = "bank"
    EXPIRED = "expired"
    ROLLED_BACK = "rolled_back"


_SENTENCES = {
    Refusal.UNREADABLE: "The pack file is missing or cannot be read.",
    Refusal.RECIPIENT: "The pack was made for another recipient: this key does not open it.",
    Refusal.DAMAGED: "The pack is damaged or was altered: ask the operator for it again.",
    Refusal.SIGNER: "The pack is signed by nobody in the trust file, or was altered.",
    Refusal.BANK: "The pack is of a bank that its signer is not trusted for.",
    Refusal.EXPIRED: "The pack has expired: ask the operator for a new one.",
    Refusal.ROLLED_BACK: "The pack is older than one that was used here before: use the newest.",
}


class PackRefusedError(PackError):
    """A pack is not opened; nothing of it was used."""

    def __init__(self, reason: Refusal) -> None:
        """Say why.

        Args:
            reason: the first check that failed.
        """
        super().__init__(_SENTENCES[reason])
        self.reason = reason
