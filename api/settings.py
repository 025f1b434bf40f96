"""Everything an operator may set: one table, each entry with its help and its unit."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


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

    index_base_from: int = Field(
        200_000, ge=0, description="A longer list is searched in tables, a shorter one whole."
    )

    @property
    def url(self) -> str:
        """The database's URL."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'hashsvc.db'}"
