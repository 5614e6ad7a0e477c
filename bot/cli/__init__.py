"""The command `newsdesk`. Exit status 0: done; 1: it went wrong; 2: wrong usage or configuration."""

import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer

from bot.cli import asking, feeds, keeping, talking
from bot.errors import NewsError, SettingsError

app = typer.Typer(
    name="newsdesk",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(version("newsdesk"))
        raise typer.Exit


@app.callback(help="A Discord bot that answers news questions from its own article store.")
def _newsdesk(
    version_: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="Print the version and exit."),
    ] = False,
) -> None:
    """Take what is said before any command."""


app.command()(talking.run)
app.command(context_settings={"ignore_unknown_options": True})(talking.chat)
app.command()(talking.preview)
app.command()(keeping.ingest)
app.command()(keeping.remove)
app.command()(asking.parse)
app.command(context_settings={"ignore_unknown_options": True})(asking.search)
app.command()(asking.show)
app.command()(asking.related)
app.command()(asking.stats)
app.add_typer(feeds.feeds, name="feeds")
app.add_typer(keeping.db, name="db")


def main() -> None:
    """Run the command; say what went wrong in one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # Names of files need not be Unicode; in JSON the escape stands for the same character.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except NewsError as error:
        sys.stderr.write(f"newsdesk: {error}\n")
        sys.exit(2 if isinstance(error, SettingsError) else 1)
    except OSError as error:
        sys.stderr.write(f"newsdesk: {error.strerror or error}\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
