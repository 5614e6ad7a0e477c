"""Commands that talk: run (Discord), chat (this terminal), preview (a browser page)."""

import asyncio
import re
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from bot.cli.output import document, open_desk
from bot.errors import MissingExtra, MissingToken, Unsendable
from bot.logs import log_to_stderr
from bot.settings import read_settings

if TYPE_CHECKING:
    from bot.preview.stage import Stage


def run(
    shards: Annotated[
        str | None,
        typer.Option(
            "--shards", metavar="FIRST-LAST", help="Serve these shards only; others run in other processes."
        ),
    ] = None,
    of: Annotated[
        int | None, typer.Option("--of", min=1, metavar="COUNT", help="How many shards there are.")
    ] = None,
) -> None:
    """Run the Discord bot."""
    ids = _shard_ids(shards, of)
    settings = read_settings()
    if settings.discord_token is None:
        raise MissingToken
    log_to_stderr(settings)
    from bot.client import Shards
    from bot.running import serve

    raise typer.Exit(asyncio.run(serve(settings, Shards(ids, of) if of and ids else None)))


def _shard_ids(shards: str | None, of: int | None) -> range | None:
    if (shards is None) != (of is None):
        raise typer.BadParameter("--shards and --of need each other: --shards 0-3 --of 16")
    if shards is None or of is None:
        return None
    match = re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6}))?", shards, re.ASCII)
    ids = range(int(match[1]), int(match[2] or match[1]) + 1) if match else range(0)
    if not ids or ids[-1] >= of:
        raise typer.BadParameter(f"--shards must be shards from 0 to {of - 1}, like 0-{of - 1}")
    return ids


def _needs_extra(command: str) -> None:
    if any(find_spec(name) is None for name in ("simcord", "prompt_toolkit", "markdown_it", "PIL")):
        raise MissingExtra(command=command)


AsOwner = Annotated[
    bool, typer.Option("--owner", help="Speak as whoever runs the bot and manages the server.")
]


def chat(
    messages: Annotated[
        list[str] | None, typer.Argument(metavar="MESSAGE...", help="What to send; without, a prompt opens.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the replies as Discord would get them.")
    ] = False,
    as_owner: AsOwner = False,
) -> None:
    """Talk to the same bot in this terminal, without a token."""
    _needs_extra("chat")
    if not messages and as_json:
        raise typer.BadParameter("--json needs a MESSAGE")
    if not asyncio.run(_chat(messages or [], as_json=as_json, as_owner=as_owner)):
        raise typer.Exit(1)


async def _chat(messages: list[str], *, as_json: bool, as_owner: bool) -> bool:
    from bot.preview.stage import stage
    from bot.preview.terminal import show

    console = Console()
    async with (
        open_desk() as desk,
        desk.following(),
        desk.watching(),
        stage(desk, desk.settings, as_owner=as_owner) as channel,
    ):
        if not messages:
            await _prompt(console, channel, desk.settings.data_dir)
            return True
        for text in messages:
            channel.typed(text)
        answered = [(text, await channel.say(text)) for text in messages]
    if as_json:
        document([{"in": text, "replies": replies} for text, replies in answered])
    else:
        for text, replies in answered:
            show(console, text, replies)
    return all(replies for _, replies in answered)


async def _prompt(console: Console, channel: "Stage", data_dir: Path) -> None:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter

    from bot.preview.history import Typed
    from bot.preview.terminal import message

    prefix = channel.bot.example("")
    commands = [f"{prefix}{name}" for name in sorted(channel.bot.all_commands)]
    session: PromptSession[str] = PromptSession(
        history=Typed(str(data_dir / "chat_history")),
        completer=WordCompleter([*commands, "[Next]", "[Back]", "[Related]"], sentence=True),
    )
    console.print(f"Type {prefix}help to begin, a button's label in brackets to click it, Ctrl-D to leave.")
    while True:
        try:
            text = (await session.prompt_async("> ")).strip()
        except (EOFError, KeyboardInterrupt):
            return
        if text.startswith("[") and text.endswith("]"):
            clicked = await channel.click(text[1:-1])
            console.print(message(clicked) if clicked else "There is no such button.")
        elif text:
            try:
                replies = await channel.say(text)
            except Unsendable as error:
                console.print(str(error))
                continue
            for reply in replies:
                console.print(message(reply))
            if not replies:
                console.print("(no reply)", style="dim")


def preview(
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="On loopback; 0 takes any free one.")
    ] = 0,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in your browser.")] = False,
    as_owner: AsOwner = False,
) -> None:
    """Show the same bot in a browser page that looks like Discord, without a token."""
    _needs_extra("preview")
    asyncio.run(_preview(port, open_page=open_, as_owner=as_owner))


async def _preview(port: int, *, open_page: bool, as_owner: bool) -> None:
    from bot.preview.browser import page
    from bot.preview.stage import stage

    async with (
        open_desk() as desk,
        desk.following(),
        desk.watching(),
        stage(desk, desk.settings, as_owner=as_owner) as channel,
        page(channel, port) as served,
    ):
        typer.echo(
            f"The bot answers at {served.url}\nThe address is its key: keep it to yourself. Ctrl-C ends it."
        )
        if open_page:
            webbrowser.open(served.url)
        await served.wait_closed()
