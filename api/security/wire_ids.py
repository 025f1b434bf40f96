"""Names of listed signatures in what is handed on: stable for a recipient, nothing to others."""

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from api.security import crockford
from api.security.derived_keys import derived_key
from hashsvc import SignatureId
from indexer.store.sealing import DataKey

_PREFIX = "lst_"
_SIGNS = 26
_BLOCK_BYTES = 16
_ZEROS = bytes(8)  # a block that opens to anything else was made by somebody else


@dataclass(frozen=True, slots=True)
class WireIds:
    """One recipient's names, made with a key that only its grant holds.

    An id is one encrypted block: a removal needs no hash, feedback finds its signature without a
    table, and two recipients cannot tell that they hold the same photo's id.
    """

    key: bytes = field(repr=False)  # 32 bytes

    @classmethod
    def of(cls, grant_key: DataKey) -> "WireIds":
        """The names that belong to a grant."""
        return cls(derived_key(grant_key.secret, b"hashsvc/wire-ids/1"))

    def name(self, signature_id: SignatureId) -> str:
        """`lst_` and 26 Crockford digits."""
        block = self._cipher().encryptor().update(_ZEROS + signature_id.to_bytes(8, "big"))
        return _PREFIX + crockford.encode(int.from_bytes(block, "big"), signs=_SIGNS)

    def read(self, text: str) -> SignatureId | None:
        """Whom a name belongs to; None where it is none of this recipient's."""
        if not text.startswith(_PREFIX):
            return None
        number = crockford.decode(text.removeprefix(_PREFIX), signs=_SIGNS)
        if number is None or number >= 1 << 8 * _BLOCK_BYTES:
            return None
        block = self._cipher().decryptor().update(number.to_bytes(_BLOCK_BYTES, "big"))
        if not block.startswith(_ZEROS):
            return None
        return SignatureId(int.from_bytes(block, "big"))

    def _cipher(self) -> Cipher[modes.ECB]:
        # One block, never two with one content: there is no pattern for this mode to show.
        return Cipher(algorithms.AES(self.key), modes.ECB())  # noqa: S305
