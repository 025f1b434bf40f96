"""Follow a list of hashsvc with pytx or HMA; what is removed there is removed here.

Needs the extra: `pip install hashsvc[threatexchange]`. Then `tx config extensions add
hashsvc.threatexchange_plugin`, and `tx config collab edit hashsvc --create NAME --bank reported`.

The words are pytx's, as its interface wants them: a signal is a hash, an exchange a list.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import httpx
from threatexchange.exchanges import auth, fetch_state
from threatexchange.exchanges.collab_config import CollaborationConfigWithDefaults
from threatexchange.exchanges.signal_exchange_api import SignalExchangeAPI
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest
from threatexchange.signal_type.pdq.signal import PdqSignal
from threatexchange.signal_type.signal_base import SignalType

# pytx reads the annotations below at run time: no `from __future__ import annotations` here.
_NAME = "hashsvc"
_PATH = "/compat/threatexchange/v1"
_PAGE_ITEMS = 5_000
_TIMEOUT_SECONDS = 60.0
_TRIES = 5
_PAUSE_SECONDS = 1.0  # or what the service asks for
_LONGEST_PAUSE_SECONDS = 120.0
_DECISIONS = {
    fetch_state.SignalOpinionCategory.POSITIVE_CLASS: ("removed", "intimate_no_consent"),
    fetch_state.SignalOpinionCategory.NEGATIVE_CLASS: ("kept", "not_a_match"),
    fetch_state.SignalOpinionCategory.INVESTIGATION_SEED: ("pending", "under_review"),
}
_NOT_NOW = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


@dataclass
class HashsvcConfig(CollaborationConfigWithDefaults):
    """Which list is followed."""

    api: str = field(init=False, default=_NAME)
    bank: str = field(default="reported", metadata={"help": "name of the bank whose list it is"})


@dataclass
class HashsvcCredentials(auth.CredentialHelper):
    """`<API key>,<address>` in the environment or in a file."""

    ENV_VARIABLE: ClassVar[str] = "HASHSVC_TX_CREDENTIALS"
    FILE_NAME: ClassVar[str] = "~/.hashsvc_tx_credentials"

    api_key: str = field(repr=False, metadata={"help": "API key with the scope lists:read"})
    base_url: str = field(metadata={"help": "https://HOST of the service"})

    @classmethod
    def _from_str(cls, s: str) -> "HashsvcCredentials":
        api_key, _, base_url = s.strip().partition(",")
        return cls(api_key, base_url)

    def _are_valid(self) -> bool:
        return bool(self.api_key and self.base_url)


@dataclass
class HashsvcCheckpoint(fetch_state.FetchCheckpointBase):
    """How far a list was fetched; the CLI keeps it, so neither name nor place may change."""

    cursor: str
    as_of: int  # seconds since 1970

    def get_progress_timestamp(self) -> int:
        """When the last of what was fetched was published."""
        return self.as_of


@dataclass
class ListedHash(fetch_state.FetchedSignalMetadata):
    """One entry of the list."""

    hash: str  # PDQ, 64 hexadecimal digits
    list_state: str

    def get_as_opinions(self) -> Sequence[fetch_state.SignalOpinion]:
        """Confirmed by a person at some platform, or still to be looked at."""
        category = fetch_state.SignalOpinionCategory.INVESTIGATION_SEED
        if self.list_state == "confirmed":
            category = fetch_state.SignalOpinionCategory.POSITIVE_CLASS
        return [fetch_state.SignalOpinion(is_mine=False, category=category, tags={self.list_state})]


class HashsvcSignalExchangeAPI(
    auth.SignalExchangeWithAuth[HashsvcConfig, HashsvcCredentials],
    SignalExchangeAPI[HashsvcConfig, HashsvcCheckpoint, ListedHash, str, ListedHash],
):
    """A list, keyed by opaque ids: a removal names an id and needs no hash."""

    def __init__(self, collab: HashsvcConfig, credentials: HashsvcCredentials) -> None:
        """Nothing is asked yet."""
        super().__init__()
        self._bank = collab.bank
        self._credentials = credentials

    @classmethod
    def get_name(cls) -> str:
        """What collaborations call it."""
        return _NAME

    @staticmethod
    def get_config_cls() -> type[HashsvcConfig]:
        """The class of its settings."""
        return HashsvcConfig

    @staticmethod
    def get_checkpoint_cls() -> type[HashsvcCheckpoint]:
        """The class of its checkpoints."""
        return HashsvcCheckpoint

    @staticmethod
    def get_record_cls() -> type[ListedHash]:
        """The class of its records."""
        return ListedHash

    @staticmethod
    def get_credential_cls() -> type[HashsvcCredentials]:
        """The class of its credentials."""
        return HashsvcCredentials

    @classmethod
    def for_collab(
        cls, collab: HashsvcConfig, credentials: HashsvcCredentials | None = None
    ) -> Self:
        """One that may ask, with these credentials or those of the environment."""
        return cls(collab, credentials or HashsvcCredentials.get(cls))

    def fetch_iter(
        self,
        _supported_signal_types: Sequence[type[SignalType]],
        checkpoint: HashsvcCheckpoint | None,
    ) -> Iterator[fetch_state.FetchDelta[str, ListedHash, HashsvcCheckpoint]]:
        """Everything since a checkpoint, page by page.

        Raises:
            httpx.HTTPError: the service refused, or did not answer in several tries.
        """
        with self._connected() as service:
            cursor = None
            if checkpoint is not None:
                cursor = checkpoint.cursor
                # Only now is it known to be on disk.
                _ask(service, "POST", "/ack", params={"bank": self._bank}, json={"cursor": cursor})
            more = True
            while more:
                page = self._page(service, cursor)
                cursor, more = page["next_cursor"], page["has_more"]
                updates = {item["id"]: _listed(item) for item in page["items"]}
                yield fetch_state.FetchDelta(updates, HashsvcCheckpoint(cursor, page["as_of"]))

    @classmethod
    def naive_convert_to_signal_type(
        cls,
        signal_types: Sequence[type[SignalType]],
        _collab: HashsvcConfig,
        fetched: Mapping[str, ListedHash],
    ) -> dict[type[SignalType], dict[str, ListedHash]]:
        """By hash, as pytx's index wants it; two entries may have one hash."""
        if PdqSignal not in signal_types:
            return {}
        return {PdqSignal: {one.hash: one for one in fetched.values() if _is_pdq(one.hash)}}

    def report_opinion(
        self, s_type: type[SignalType], signal: str, opinion: fetch_state.SignalOpinion
    ) -> None:
        """Say what a person decided about a hash of the list.

        Raises:
            NotImplementedError: the list holds no hashes of this kind.
            httpx.HTTPError: the service refused, or did not answer in several tries.
        """
        if s_type is not PdqSignal:
            raise NotImplementedError
        decision, reason = _DECISIONS[opinion.category]
        told = {"hash": signal.strip(), "decision": decision, "reason": reason}
        with self._connected() as service:
            _ask(service, "POST", "/decision", json=told)

    def _page(self, service: httpx.Client, cursor: str | None) -> Any:  # noqa: ANN401  # JSON
        wanted = {"bank": self._bank, "limit": str(_PAGE_ITEMS)}
        return _ask(
            service, "GET", "/list", params=wanted | ({"cursor": cursor} if cursor else {})
        ).json()

    def _connected(self) -> httpx.Client:
        return httpx.Client(
            base_url=self._credentials.base_url.rstrip("/") + _PATH,
            headers={"Authorization": f"Bearer {self._credentials.api_key}"},
            timeout=_TIMEOUT_SECONDS,
        )


def _ask(service: httpx.Client, method: str, path: str, **request: Any) -> httpx.Response:  # noqa: ANN401  # as httpx
    """Ask, again where the service says "not now"."""
    answer = service.request(method, path, **request)
    for _ in range(_TRIES - 1):
        if answer.status_code not in _NOT_NOW:
            break
        asked = answer.headers.get("Retry-After", "")
        pause = float(asked) if asked.isdecimal() else _PAUSE_SECONDS
        time.sleep(min(pause, _LONGEST_PAUSE_SECONDS))
        answer = service.request(method, path, **request)
    return answer.raise_for_status()


def _listed(item: Mapping[str, str]) -> ListedHash | None:
    """None: pytx drops what had this id."""
    if item["op"] != "add" or item["algorithm"] != "pdq":
        return None
    return ListedHash(item["hash"], item["list_state"])


def _is_pdq(text: str) -> bool:
    try:
        PdqSignal.validate_signal_str(text)
    except ValueError:
        return False
    return True


TX_MANIFEST = ThreatExchangeExtensionManifest(apis=(HashsvcSignalExchangeAPI,))
