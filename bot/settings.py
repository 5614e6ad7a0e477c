"""What can be set from outside, read once from the environment and `.env`, then passed down."""

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import BadSetting

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
    database_url: SecretStr | None = Field(
        default=None,
        description="Where the articles are, for example `postgresql+psycopg://user:password@host/newsdesk`."
        " Empty for SQLite in the data folder.",
    )
    prefix: str = Field(
        default="!", min_length=1, max_length=10, description="What stands before a command in a message."
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
    log_level: str = Field(
        default="INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="How much is logged: `DEBUG`, `INFO`, `WARNING` or `ERROR`.",
    )

    @field_validator("discord_token", "seeds_dir", "database_url", "source_url", mode="before")
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if isinstance(value, str) and not value.strip() else value

    @field_validator("data_dir", mode="before")
    @classmethod
    def _blank_is_the_default(cls, value: object) -> object:
        return cls.model_fields["data_dir"].default if value == "" else value

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
        return value

    @property
    def url(self) -> str:
        """The database's SQLAlchemy URL, credentials included: never log it."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite+aiosqlite:///{quote(str((self.data_dir / 'newsdesk.db').absolute()))}"


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
        raise BadSetting(name=name, cause=first["msg"].removeprefix("Value error, ")) from None
