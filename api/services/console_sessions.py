"""Moderators' sessions: an API key, shown once, opens one; it ends with the key at the latest."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from api.security.api_keys import Caller, PresentedKey, holder_of
from api.security.errors import KeyInvalidError, SignatureInvalidError
from api.security.peppers import Pepper, Purpose
from api.security.scopes import Scope
from api.services.errors import FormForeignError, KeyUnfitForConsoleError, SignedOutError
from api.services.platforms import PlatformService
from api.services.wrong_keys import WrongKeys
from indexer.audit_records import Act
from indexer.console_records import ConsoleSession
from indexer.store import Store

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=8)
_NOTE_EVERY = timedelta(minutes=1)  # a write for each click would be one too many


@dataclass(frozen=True, slots=True)
class ConsoleSessionService:
    """Signs moderators in and out."""

    store: Store
    pepper: Pepper
    platforms: PlatformService
    wrong_keys: WrongKeys = field(default_factory=WrongKeys)

    def sign_in(self, key_text: str, *, source: str, at: datetime) -> str:
        """Begin a session; returns its token, which the store cannot tell again.

        Args:
            key_text: an API key as it was typed.
            source: where it was typed, such as an address; kept in memory alone, as a digest.
            at: now.

        Raises:
            TooManyWrongKeysError: too many wrong ones came from there.
            KeyInvalidError: unknown, wrong, not yet valid, expired or revoked, all alike.
            KeyUnfitForConsoleError: a good key, but not for the console.
        """
        try:
            with self.wrong_keys.counting(source):
                caller = self.platforms.caller(PresentedKey.parse(key_text), at=at)
        except SignatureInvalidError as error:  # for its holder the bare key is not enough
            raise KeyUnfitForConsoleError from error
        if Scope.MATCHES_READ not in caller.scopes:
            raise KeyUnfitForConsoleError
        token = secrets.token_urlsafe(32)
        with self.store.transaction() as tx:
            tx.console_sessions.purge(opened_before=at - LONGEST, used_before=at - IDLE)
            tx.console_sessions.begin(self._mac(token), caller.key_id, at=at)
            tx.audit.record(Act.CONSOLE_SIGN_IN, by=caller.actor, at=at)
        return token

    def caller(self, token: str, *, at: datetime) -> Caller:
        """Who is signed in. The key is read anew: nobody outlives a revoked one.

        Raises:
            SignedOutError: nobody, or no longer.
        """
        mac = self._mac(token)
        with self.store.snapshot() as tx:
            session = tx.console_sessions.of(mac)
            kept = tx.platforms.key(session.key_id) if session else None
        if session is None or kept is None or not _lasts(session, at):
            raise SignedOutError
        try:
            caller = holder_of(kept, at=at)
        except KeyInvalidError as error:
            raise SignedOutError from error
        if at - session.used_at >= _NOTE_EVERY:
            with self.store.transaction() as tx:
                tx.console_sessions.note_use(mac, at=at)
        return caller

    def sign_out(self, token: str) -> None:
        """End a session at once; one that is not there stays so."""
        with self.store.transaction() as tx:
            tx.console_sessions.end(self._mac(token))

    def proof(self, token: str) -> str:
        """What a form carries to show that it was made for the holder of a token."""
        return self.pepper.mac(Purpose.FORM, token.encode()).hex()

    def require_proof(self, token: str, proof: str) -> None:
        """Refuse a form that was not made for the holder of a token.

        Raises:
            FormForeignError: it was made by somebody else, or for another session.
        """
        if not token or not hmac.compare_digest(self.proof(token).encode(), proof.encode()):
            raise FormForeignError

    def _mac(self, token: str) -> bytes:
        return self.pepper.mac(Purpose.SESSION, token.encode())


def new_form_token() -> str:
    """What the sign-in form is bound to, before there is a session."""
    return secrets.token_urlsafe(32)


def _lasts(session: ConsoleSession, at: datetime) -> bool:
    return at - session.used_at < IDLE and at - session.opened_at < LONGEST
