"""Everything that can go wrong in a way a reader must be told about.

    NewsError
    ├── AskError                 the question cannot be answered as it was asked
    │   ├── EmptyQuery
    │   ├── QueryTooLong
    │   ├── NoWords
    │   ├── UnknownArticle
    │   ├── RemovedArticle
    │   ├── UnknownSource
    │   ├── Unsendable
    │   ├── NothingFound
    │   ├── EmptyStore
    │   ├── BadGuildSetting
    │   ├── (bot/refusals.py)    why something is not done for someone here and now
    │   └── (bot/remarks.py)     what is said of a query, also beside its answer
    ├── PageError                a document cannot be taken in; nothing was changed
    │   ├── UnreadableFile
    │   ├── UnknownFormat
    │   ├── NotText
    │   ├── PageTooLarge
    │   ├── NoStory
    │   ├── NoHeadline
    │   ├── BadRecord
    │   └── WasRemoved
    ├── StoreError               the store did not do what was asked; nothing was changed
    │   ├── StoreUnavailable
    │   ├── StoreBusy
    │   ├── StoreFull
    │   ├── StoreDamaged
    │   ├── StoreTooNew
    │   ├── BackupExists
    │   └── BackupElsewhere
    ├── NoConnection             Discord cannot be reached
    └── SettingsError            the bot cannot start as it is configured
        ├── BadSetting
        ├── MissingToken
        ├── WrongToken
        ├── SessionRefused
        ├── MissingIntent
        └── MissingExtra

The sentences are English here and marked for gettext; whoever shows them translates the template, then fills it.
"""


def _(sentence: str) -> str:
    """Mark a sentence for gettext; it is translated where it is shown."""
    return sentence


class NewsError(Exception):
    """An error with a sentence for its reader. Raise a subclass, with the template's parameters."""

    sentence: str = ""

    def __init__(self, **params: object) -> None:
        super().__init__(params)
        self.params = params

    def __str__(self) -> str:
        return self.sentence.format(**self.params)


class AskError(NewsError):
    """The question cannot be answered as it was asked."""


class EmptyQuery(AskError):
    """A command came without the words it needs. Parameter: example."""

    sentence = _("Tell me what to look for, for example {example}.")


class QueryTooLong(AskError):
    """Parameters: limit and length, both in characters; example."""

    sentence = _("That is {length} characters long; I read at most {limit}. Try a few words: {example}.")


class NoWords(AskError):
    """Nothing in the query is a word or a number. Parameters: query, example."""

    sentence = _("I see no word to look for in “{query}”. Try for example {example}.")


class UnknownArticle(AskError):
    """Parameters: id, example."""

    sentence = _("There is no article {id}. Search first and use a number from the results: {example}.")


class RemovedArticle(AskError):
    """Parameters: id, date (YYYY-MM-DD)."""

    sentence = _("Article {id} was removed on {date}.")


class UnknownSource(AskError):
    """Parameter: name."""

    sentence = _("No article is from “{name}”.")


class Unsendable(AskError):
    """Parameters: length and limit, both in characters."""

    sentence = _("Discord takes messages of 1 to {limit} characters; this one has {length}.")


class NothingFound(AskError):
    """Parameters: query, example.

    Attributes: suggestions, words that would find something; remarks, what else there is to say.
    """

    sentence = _("Nothing found for “{query}”. Try other words, or see the newest: {example}")

    def __init__(
        self,
        *,
        suggestions: tuple[str, ...] = (),
        remarks: tuple[AskError, ...] = (),
        **params: object,
    ) -> None:
        super().__init__(**params)
        self.suggestions = suggestions
        self.remarks = remarks


class EmptyStore(AskError):
    """Nothing can be found because nothing has been taken in."""

    sentence = _("The store is empty. Whoever runs me can fill it with `newsdesk ingest FOLDER`.")


class BadGuildSetting(AskError):
    """A guild's setting cannot have the value that was typed. `fits` are values that it can have."""

    sentence = _("That does not fit {name}. Try one of these: {fits}")


class PageError(NewsError):
    """A document cannot be taken in; nothing was changed."""


class UnreadableFile(PageError):
    """Parameters: path, cause."""

    sentence = _("{path} cannot be read: {cause}.")


class UnknownFormat(PageError):
    """Parameter: suffix."""

    sentence = _("Newsdesk reads .html and .txt pages and .jsonl records, not {suffix} files.")


class NotText(PageError):
    """The bytes are no text in any encoding that is in use."""

    sentence = _("This is not a text file.")


class PageTooLarge(PageError):
    """Parameters: size and limit, both in bytes."""

    sentence = _("The page has {size} bytes; at most {limit} are read.")


class NoStory(PageError):
    """An HTML page without text, and without a word of it in its head."""

    sentence = _(
        "The page shows no text: a script writes it. Save the page from a browser that shows the story."
    )


class NoHeadline(PageError):
    """The page has no text to make a headline of."""

    sentence = _("The page has no headline.")


class BadRecord(PageError):
    """Parameters: line (from 1), cause."""

    sentence = _("Line {line}: {cause}.")


class WasRemoved(PageError):
    """A tombstone stands for this document. Parameters: id, date (YYYY-MM-DD)."""

    sentence = _("This is article {id}, removed on {date}. To take it in again: newsdesk remove {id} --undo")


class StoreError(NewsError):
    """The store did not do what was asked; nothing was changed."""


class StoreUnavailable(StoreError):
    """Parameter: cause, without credentials."""

    sentence = _("The article store cannot be reached: {cause}.")


class StoreBusy(StoreError):
    """Another process held the write lock for longer than we wait."""

    sentence = _("The article store is busy. Try again in a moment.")


class StoreFull(StoreError):
    """The disk is full."""

    sentence = _("The disk that holds the article store is full. Nothing was changed.")


class StoreDamaged(StoreError):
    """Parameter: cause."""

    sentence = _("The article store is damaged: {cause}. Restore a backup (newsdesk db backup makes them).")


class StoreTooNew(StoreError):
    """Parameter: revision, the schema's, unknown to this program."""

    sentence = _("The article store is a newer Newsdesk's (schema {revision}). Upgrade Newsdesk to use it.")


class NoConnection(NewsError):
    """Discord cannot be reached. Parameter: cause."""

    sentence = _("Discord cannot be reached ({cause}). Check this machine's network and try again.")


class BackupExists(StoreError):
    """A backup never replaces a file. Parameter: path."""

    sentence = _("There is a file {path} already. Choose another name: a backup overwrites nothing.")


class BackupElsewhere(StoreError):
    """The store is PostgreSQL's, and so are its backups."""

    sentence = _("This store is on PostgreSQL: back it up with pg_dump.")


class SettingsError(NewsError):
    """The bot cannot start as it is configured."""


class BadSetting(SettingsError):
    """Parameters: name (of the environment variable), cause."""

    sentence = _("{name}: {cause}.")


class MissingToken(SettingsError):
    """There is nothing to log in with."""

    sentence = _(
        "No DISCORD_TOKEN: copy .env.example to .env and put your bot's token there,"
        " or try the bot without one: newsdesk chat"
    )


class WrongToken(SettingsError):
    """Discord refused the token."""

    sentence = _(
        "Discord refused the token. Open discord.com/developers/applications, choose your application,"
        " click Bot, then Reset Token, and put the new one into .env as DISCORD_TOKEN."
    )


class SessionRefused(SettingsError):
    """Discord closed the gateway for good. Parameter: code, of its gateway close event codes."""

    sentence = _("Discord does not let the bot in as it is set up: it closed the gateway with code {code}.")


class MissingIntent(SettingsError):
    """The message-content intent is off in the developer portal."""

    sentence = _(
        "Discord does not let this bot read messages. Open discord.com/developers/applications, choose your"
        " application, click Bot, switch on Message Content Intent and save;"
        " or set NEWSDESK_PREFIX_COMMANDS=false to do with slash commands and mentions."
    )


class MissingExtra(SettingsError):
    """A part that production does not install is not there. Parameter: command."""

    sentence = _(
        "newsdesk {command} needs the preview extra: make demo installs it (or pip install '.[preview]')."
    )
