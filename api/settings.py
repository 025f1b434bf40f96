"""Everything an operator may set: one table, each entry with its help and its unit."""

import hashlib
import os
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import assert_never

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_NO_LIST_IS_LONGER = 2**62


class IndexMode(StrEnum):
    """How lists are searched."""

    AUTO = "auto"
    FLAT = "flat"
    BASE = "base"


class Destinations(StrEnum):
    """Where webhooks may lead."""

    PUBLIC = "public"
    LOOPBACK = "loopback"


class Settings(BaseSettings):
    """Read from `HASHSVC_...` in the environment; the command line overrides."""

    model_config = SettingsConfigDict(env_prefix="HASHSVC_", hide_input_in_errors=True)

    data: Path = Field(Path("var"), description="Folder of the database and the key files.")
    database_url: str | None = Field(
        None,
        pattern=r"^postgresql\+psycopg://.",
        description="`postgresql+psycopg://...`; without it SQLite in the data folder.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    workers: int = Field(1, ge=1, le=64, description="Processes that answer; SQLite takes one.")
    survivor_body_bytes: int = Field(
        16_384, ge=1024, description="Largest request body that a survivor's routes take."
    )
    platform_body_bytes: int = Field(
        1_048_576, ge=1024, description="Largest request body that platforms' routes take."
    )
    index_poll_seconds: float = Field(
        0.25, gt=0, le=5, description="How often the index looks for changes."
    )
    index_stale_seconds: float = Field(
        5.0, gt=0, description="An index older than this answers nothing: 503."
    )

    tombstones: Path | None = Field(
        None, description="Append-only file on another disk that remembers withdrawals."
    )

    instance: str = Field(
        "hashsvc",
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="Name of this service in its checkpoints, such as its host; never change it.",
    )
    checkpoints: str | None = Field(
        None, description="Folders on other disks, `:` between, that keep every checkpoint."
    )

    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#]+$",
        description="Where clients reach the service, without a path: what they sign.",
    )
    trusted_proxies: str = Field(
        "",
        pattern=r"^[0-9A-Fa-f.:/, ]*$",
        description="Addresses or networks of proxies, with commas, whose `X-Forwarded-For` and "
        "`X-Forwarded-Proto` are believed; without it nobody's are.",
    )
    case_openings_an_hour: int = Field(
        20, ge=1, description="Cases that one network may open in an hour without any work."
    )
    case_work_bits: int = Field(
        16, ge=1, le=24, description="Work for each further one: 2 to this power tries, on average."
    )
    flood_quarantine: bool = Field(
        default=True, description="Suspend what too many uploads match before it was confirmed."
    )
    flood_look_seconds: float = Field(
        10.0, gt=0, le=60, description="How often such floods are looked for."
    )
    flood_days: int = Field(
        30, ge=1, description="What was listed so many days ago or less is watched for floods."
    )
    flood_least_uploads: int = Field(
        20,
        ge=1,
        description="So many different uploads in 24 hours are never a flood; more are one on "
        "several platforms, or where they are `HASHSVC_FLOOD_SHARE` of one platform's.",
    )
    flood_uploads: int = Field(
        200, ge=1, description="More different uploads than this in 24 hours always are a flood."
    )
    flood_share: float = Field(
        0.001, gt=0, le=1, description="Of a platform's newest 10,000 uploads: more is a flood."
    )
    requests_at_once: int = Field(
        48,
        ge=4,
        description="Requests that a process works on; further ones are told to come again: 503.",
    )
    key_signatures_per_second: int = Field(
        4_000, ge=1, description="Signatures a second that a key may ask about, for long."
    )
    key_burst: int = Field(8_192, ge=1, description="Signatures that may come together.")
    key_daily_budget: int = Field(
        10_000_000, ge=1, description="Signatures a day, for keys without a budget of their own."
    )
    key_requests_at_once: int = Field(
        16, ge=1, description="Match requests that a key may have running."
    )
    sweep_signatures_per_second: int = Field(
        1_000, ge=1, description="Signatures a second in sweeps, beside the live ones."
    )
    sandbox: bool = Field(
        default=False,
        description="A service for trying: its keys are `hsk_test_...`, no others are taken.",
    )
    sandbox_chaos: float = Field(
        0.0, ge=0, le=1, description="Share of a sandbox's requests that fail on purpose."
    )
    index_mode: IndexMode = Field(
        IndexMode.AUTO, description="`auto`; `flat`: always whole; `base`: always in tables."
    )
    index_base_from: int = Field(
        200_000, ge=0, description="`auto`: a longer list is searched in tables, a shorter whole."
    )
    index_folder: Path | None = Field(
        None, description="Private folder in memory for tables; without it one in `/dev/shm`."
    )

    clock_look_seconds: float = Field(
        60.0, gt=0, description="How often clocks are looked at for platforms to warn."
    )

    compat_lists_enabled: bool = Field(
        default=False, description="Hand lists on to platforms that two operators granted them."
    )
    compat_hma_enabled: bool = Field(
        default=False,
        description="Answer HMA's questions, which carry a hash in the address.",
    )
    compat_source_name: str = Field(
        "hashsvc",
        pattern=r"^[A-Za-z0-9._-]{1,64}$",
        description="Who this service is to other networks' clients.",
    )
    lists_publish_seconds: int = Field(
        300, ge=0, description="New signatures wait so long before they are handed on: cases mix."
    )

    upkeep_seconds: float = Field(
        3_600.0, gt=0, description="How often old entries are purged and ends of keys looked for."
    )
    sweep_look_seconds: float = Field(
        60.0, gt=0, description="How often the list is looked at for sweeps to ask for."
    )
    webhook_look_seconds: float = Field(
        1.0, gt=0, description="How often webhooks are looked at for hints to send."
    )
    webhook_destinations: Destinations = Field(
        Destinations.PUBLIC,
        description="`public`; `loopback`: also this machine, over http too, for tests.",
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, trusted: str) -> str:
        for one in filter(None, trusted.replace(" ", "").split(",")):
            ip_network(one)  # a typing error here would count everybody as one
        return trusted

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'hashsvc.db'}"

    @property
    def checkpoint_folders(self) -> list[Path]:
        """Where checkpoints are kept outside the database."""
        return [Path(name) for name in (self.checkpoints or "").split(":") if name]

    @property
    def high_water(self) -> Path:
        """What this machine saw of the change log."""
        return self.data / "high-water.json"

    @property
    def longest_flat_list(self) -> int:
        """Longest list that is searched whole."""
        match self.index_mode:
            case IndexMode.AUTO:
                return self.index_base_from
            case IndexMode.FLAT:
                return _NO_LIST_IS_LONGER
            case IndexMode.BASE:
                return 0
            case _:
                assert_never(self.index_mode)

    @property
    def tables_folder(self) -> Path:
        """Where tables lie: in memory, since they give every hash back."""
        if self.index_folder is not None:
            return self.index_folder
        instance = hashlib.sha256(os.fsencode(self.data.resolve())).hexdigest()[:12]
        return Path("/dev/shm") / f"hashsvc-{os.geteuid()}-{instance}"  # noqa: S108  # made 0700
