"""What can be set from outside, read once from the environment and `.env`, then passed down."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import quote, urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import BadSetting

_PAIR = re.compile(r"(?:\[[0-9a-fA-F:.]+\]|[^\s/?#@:\[\]]+):([0-9]{1,5})")
_LAST_PORT = 65_535
_MOST_DAYS = 36_500
_LONGEST_PREFIX = 10
_MUST = {
    "keep_text_days": f"must be a whole number of days from 1 to {_MOST_DAYS}, or empty",
    "prefix": f"must have from 1 to {_LONGEST_PREFIX} characters",
    "prefix_commands": "must be true or false",
    "source_url": "must begin with http:// or https://",
    "contact": "must be an e-mail or web address, without blanks or round brackets",
    "health_port": f"must be a number from 1 to {_LAST_PORT}, or empty",
    "log_level": "must be DEBUG, INFO, WARNING or ERROR",
}
"""What a value must be, in words, where a field's constraint says it only to programs."""
_DATABASE = re.compile(r"(postgres|postgresql|postgresql\+psycopg|sqlite|sqlite\+aiosqlite)://")


class Settings(BaseSettings):
    """Newsdesk's settings. Each field is the environment variable of its alias or of NEWSDESK_ and its name."""

    model_config = SettingsConfigDict(
        env_prefix="NEWSDESK_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    discord_token: SecretStr | None = Field(
        default=None,
        validation_alias="DISCORD_TOKEN",
        description="The bot's token, from the Bot page of the developer portal. Only `newsdesk run` needs it.",
    )
    data_dir: Path = Field(
        default=Path("data"), description="Everything that Newsdesk writes goes into this folder."
    )
    seeds_dir: Annotated[Path | None, NoDecode] = Field(
        default=Path("seeds"),
        description="A folder of saved pages, taken in at every start. Empty for none.",
    )
    watch_dirs: str | None = Field(
        default=None,
        description="Further folders of saved pages, with commas between. They are taken in as the seeds are, at every"
        " start and, while the bot runs, whatever is dropped into them. Empty for none.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Where the articles are, for example `postgresql+psycopg://user:password@host/newsdesk`."
        " Empty for SQLite in the data folder.",
    )
    keep_text_days: int | None = Field(
        default=None,
        ge=1,
        le=_MOST_DAYS,
        description="For how many days the texts of articles are kept; headlines and leads stay. Empty for ever.",
    )
    prefix: str = Field(
        default="!",
        min_length=1,
        max_length=_LONGEST_PREFIX,
        description="What stands before a command in a message.",
    )
    prefix_commands: bool = Field(
        default=True,
        description="Whether messages with the prefix are read, which needs the message-content intent."
        " Slash commands and mentions work without it.",
    )
    source_url: str | None = Field(
        default=None,
        pattern="^https?://",
        description="Where the source code of this bot can be read; `!about` links it. Empty for nowhere.",
    )
    fetch_ports: str = Field(
        default="80,443",
        description="The ports that feeds and pages may be fetched from, with commas between.",
    )
    fetch_allow_hosts: str | None = Field(
        default=None,
        description="What may be fetched from though it is not public, as `host:port` with commas between,"
        " for example `intranet.example:8080`. Empty for nothing.",
    )
    contact: str | None = Field(
        default=None,
        pattern=r"^[!-'*-\[\]-~]+$",
        description="An e-mail or web address that is told to the sites that are fetched from."
        " Empty for the address of the source code.",
    )
    health_port: int | None = Field(
        default=None,
        ge=1,
        le=_LAST_PORT,
        description="The port on which other programs are told how the bot is: `/healthz`, `/readyz` and `/metrics`."
        " Empty for none.",
    )
    health_host: str = Field(
        default="127.0.0.1",
        description="The address of that port. Whoever reaches it sees how much there is and how the feeds are,"
        " but no words.",
    )
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="How much is logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`.",
    )

    @field_validator(
        "discord_token",
        "seeds_dir",
        "watch_dirs",
        "database_url",
        "keep_text_days",
        "health_port",
        "source_url",
        "contact",
        "fetch_allow_hosts",
        mode="before",
    )
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("data_dir", "fetch_ports", "health_host", mode="before")
    @classmethod
    def _blank_is_the_default(cls, value: object, info: ValidationInfo) -> object:
        return cls.model_fields[str(info.field_name)].default if value == "" else value

    @field_validator("fetch_ports")
    @classmethod
    def _of_ports(cls, value: str) -> str:
        parts = _parted(value)
        if not parts or not all(_is_port(part) for part in parts):
            raise ValueError("must be port numbers with commas between, for example 80,443")
        return value

    @field_validator("fetch_allow_hosts")
    @classmethod
    def _of_pairs(cls, value: str | None) -> str | None:
        pairs = [_PAIR.fullmatch(pair) for pair in _parted(value or "")]
        if not all(pair is not None and _is_port(pair[1]) for pair in pairs):
            raise ValueError("must be host:port, with commas between, for example intranet.example:8080")
        return value

    @field_validator("prefix")
    @classmethod
    def _without_spaces(cls, value: str) -> str:
        if any(character.isspace() for character in value):
            raise ValueError("must not contain spaces")
        return value

    @field_validator("database_url", mode="after")
    @classmethod
    def _of_a_database_we_speak_to(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _DATABASE.match(value.get_secret_value()):
            raise ValueError("must begin with postgresql+psycopg:// or sqlite+aiosqlite:///")
        if value is not None and not _is_parted_plainly(value.get_secret_value()):
            raise ValueError(
                "must be an address: write @ / ? # % in a name or password as %40 %2F %3F %23 %25"
            )
        return value

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL, credentials included: never log it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{quote(str((self.data_dir / 'newsdesk.db').absolute()))}"

    @property
    def folders(self) -> dict[Path, str]:
        """The folders that pages are taken in from, each with the variable that names it."""
        further = dict.fromkeys(map(Path, _parted(self.watch_dirs or "")), variable("watch_dirs"))
        return further if self.seeds_dir is None else further | {self.seeds_dir: variable("seeds_dir")}

    @property
    def ports(self) -> frozenset[int]:
        """The ports that may be fetched from on public addresses."""
        return frozenset(int(part) for part in _parted(self.fetch_ports))

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        """The host:port pairs that may be fetched from wherever they are."""
        return _parted(self.fetch_allow_hosts or "")


def variable(name: str) -> str:
    """Name the environment variable that a field of Settings is read from."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"NEWSDESK_{name.upper()}"


def read_settings() -> Settings:
    """Read the environment and `.env`; raise BadSetting for the first value that does not fit."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        where = str(first["loc"][0])
        name = where if where.isupper() else variable(where) if where in Settings.model_fields else where
        told = first["msg"].removeprefix("Value error, ")
        raise BadSetting(name=name, cause=told if told != first["msg"] else _MUST.get(where, told)) from None


def _parted(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _is_parted_plainly(address: str) -> bool:
    """Tell whether all agree where the password of a PostgreSQL URL ends: else a part of it would be shown as a host."""
    if address.startswith("sqlite"):
        return True
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return address.count("@") == parts.netloc.count("@") <= 1 and "#" not in address


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < int(text) <= _LAST_PORT
