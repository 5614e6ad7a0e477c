"""Whom an answer is for: who asked, how commands are typed there, and what the guild chose."""

from dataclasses import dataclass

from bot.article import Scope
from bot.guilds import GuildSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Everything that an answer depends on besides the question."""

    asker: int
    """The id of the user who asked; only their clicks count."""
    prefix: str
    """What is typed before a command there: `!`, or `/` where messages are not read."""
    choices: GuildSettings
    """The guild's; in direct messages, what holds everywhere."""
    language: str = "en"
    """ISO 639-1 code: the guild's language, in private answers the asker's own where there is a catalogue of it."""

    @property
    def scope(self) -> Scope:
        """The articles that may be shown."""
        return self.choices.scope

    def example(self, command: str) -> str:
        """Write a command as it can be typed."""
        return f"{self.prefix}{command}"
