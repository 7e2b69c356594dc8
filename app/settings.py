"""What an operator may change: environment variables, or the same names in a TOML file.

`CONCERNE_DATA=/srv/concerne` and `data = "/srv/concerne"` mean the same; the environment wins.
Nothing is read when this module is imported: an entry point calls `load_settings` once and passes
the frozen result down.
"""

from __future__ import annotations

import os
import re
import tomllib
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from limits import parse_many
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from app.crypto.stretch import PROFILES, StretchProfile
from app.errors import InvalidSettings

PREFIX = "CONCERNE_"
CONFIG_VARIABLE = "CONCERNE_CONFIG"
UNLIMITED = "unlimited"
_ADDRESS = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")

StretchName = Literal["owasp-19-mib", "rfc-9106-64-mib", "insecure-test-only"]


class ScopeAccess(StrEnum):
    """Who is given scope reports: everybody, or journalists with a credential."""

    PUBLIC = "public"
    JOURNALISTS = "journalists"


class Settings(BaseSettings):
    """Every setting, with the reason for its default where it is not plain."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True
    )

    data: Path = Field(Path("var"), description="the one folder for database and keys")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8000, ge=0, le=65535, description="port to listen on")

    public_address: str | None = Field(
        None, description="https://… that feeds and metadata call this site by; none: as asked"
    )

    stretch_profile: StretchName = Field(
        "owasp-19-mib", description="cost of one guess, for datasets ingested from now on"
    )
    workers: int = Field(
        0, ge=0, le=1024, description="threads that stretch; 0 is one for each core"
    )
    # Twice the cores' work of a few hundred milliseconds: enough to ride out a burst, little
    # enough that whoever waits is answered before a browser gives up.
    lookup_queue: int = Field(16, ge=0, description="plain lookups that may wait for a thread")

    # A mobile carrier puts thousands of people behind one /24: on the day of the news, of some
    # 100,000 subscribers there about 1.5 % ask two or three times, and the busiest hour sees a
    # tenth of that, 300. An enumerator comes from thousands of blocks, so no limit per block
    # stops one; it only keeps a single block from using up the budget below (2,000 of 50,000).
    limit_requests: str = Field(
        "600/minute", description="requests of any kind, refused ones too, per address block"
    )
    limit_lookups: str = Field("300/hour;2000/day", description="plain lookups per address block")
    limit_evaluations: str = Field(
        "300/hour;2000/day", description="blinded elements per address block"
    )
    limit_ranges: str = Field("600/hour;4000/day", description="ranges per address block")
    # What stops an enumerator. One in 230 of all real NIRs is in a leak of 491,840: with a list
    # of real numbers and birth dates, 50,000 questions identify at most some 220 people a day,
    # however many addresses ask. It still answers 350,000 people in the first week.
    limit_dataset: str = Field(
        "50000/day", description="lookups and elements together, per dataset"
    )
    # A list of 100,000 is 25 batches a scheme; this is for a program that has gone wrong.
    limit_client: str = Field("600/minute", description="requests of any kind, per credential")
    # Nobody guesses 256 bits; what is bounded is the work of looking for them.
    limit_refused: str = Field(
        "30/minute;300/day", description="credentials that are refused, per address block"
    )
    limit_storage: str = Field(
        "process://", description="where limits are counted, as the library limits names it"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="addresses or networks whose X-Forwarded-For is believed"
    )

    plain_lookup_page: bool = Field(
        default=True, description="whether the page may send numbers to the server"
    )
    help_file: Path | None = Field(
        None, description="whom the pages name to turn to, and who runs them; none: the one inside"
    )

    scope_access: ScopeAccess = Field(
        ScopeAccess.PUBLIC, description="who is given scope reports: `public` or `journalists`"
    )

    body_bytes_maximum: int = Field(16 * 1024, ge=1024, description="longest request body")
    body_seconds_maximum: float = Field(
        10.0, gt=0, description="longest wait for a body of that length; for a client's, longer"
    )
    resident_mib: int = Field(1024, ge=0, description="memory for ranges; the rest stays on disk")
    renew_seconds: float = Field(2.0, gt=0, description="how often published datasets are reread")
    stale_seconds: float = Field(30.0, gt=0, description="after how long without that none answers")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="logs")

    @field_validator(
        "limit_requests", "limit_lookups", "limit_evaluations", "limit_ranges", "limit_dataset",
        "limit_client", "limit_refused",
    )  # fmt: skip
    @classmethod
    def _check_limit(cls, value: str) -> str:
        if value != UNLIMITED:
            parse_many(value)
        return value

    @field_validator("public_address")
    @classmethod
    def _check_address(cls, value: str | None) -> str | None:
        if value is not None and not _ADDRESS.fullmatch(value):
            raise ValueError("write it as https://leaks.example, without a path")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _split_proxies(cls, value: object) -> object:
        return (
            [v.strip() for v in value.split(",") if v.strip()] if isinstance(value, str) else value
        )

    @field_validator("trusted_proxies")
    @classmethod
    def _check_proxies(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            # A wildcard would believe whatever address a client claims to have.
            ip_network(network, strict=False)
        return value

    @property
    def keys(self) -> Path:
        """Where the key ring is."""
        return self.data / "keys"

    @property
    def profile(self) -> StretchProfile:
        """The stretch of datasets that are ingested from now on."""
        return PROFILES[self.stretch_profile]

    @property
    def threads(self) -> int:
        """Threads that stretch."""
        return self.workers or len(os.sched_getaffinity(0))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, and read nothing else."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load_settings(config: Path | None = None, *, data: Path | None = None) -> Settings:
    """Read the settings once.

    Args:
        config: a TOML file, or None for the one that CONCERNE_CONFIG names, if any.
        data: the folder given on the command line, which wins over everything.

    Raises:
        InvalidSettings: a name is unknown or a value cannot be used; the value is not shown.
    """
    named = config or _config_of_environment()
    values = {} if named is None else _read(named)
    of_environment = (n.removeprefix(PREFIX).lower() for n in os.environ if n.startswith(PREFIX))
    for name in [*values, *of_environment]:
        if name not in Settings.model_fields and name != "config":
            known = ", ".join(Settings.model_fields)
            raise InvalidSettings(f"there is no setting {name!r}", hint=f"there are {known}")
    try:
        settings = Settings(**values)
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False, include_context=False)[0]
        what = f"the setting {first['loc'][0]} cannot be used: {first['msg']}"
        raise InvalidSettings(what) from None
    return settings if data is None else settings.model_copy(update={"data": data})


def _config_of_environment() -> Path | None:
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named) if named else None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise InvalidSettings(f"the file {path} cannot be read: {exc.strerror}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidSettings(f"the file {path} is not TOML") from exc
