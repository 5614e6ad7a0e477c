"""Discord messages in a terminal: cards as panels, Discord's markdown as styles, buttons in brackets."""

import re
from datetime import UTC, datetime
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.text import Text

_MARKDOWN = re.compile(
    r"\\(?P<escaped>[\W_])"
    r"|\*\*(?P<bold>(?:\\.|[^*\\])+)\*\*"
    r"|(?<![\w*])\*(?P<italic>(?:\\.|[^*\\])+)\*(?![\w*])"
    r"|`(?P<code>[^`]+)`"
    r"|\[(?P<label>(?:\\.|[^\]\\])+)\]\((?P<url>[^)\s]+)\)"
    r"|<t:(?P<time>\d+):[a-zA-Z]>"
)


def show(console: Console, said: str, replies: list[dict[str, Any]]) -> None:
    """Print what a reader said and what came back."""
    console.print(Text.assemble(("\nreader  ", "bold green"), said))
    if not replies:
        console.print(Text("(no reply)", "dim"))
    for reply in replies:
        console.print(message(reply))


def message(payload: dict[str, Any]) -> RenderableType:
    """Draw one message: content, cards, buttons."""
    parts: list[RenderableType] = []
    if payload["content"]:
        parts.append(markdown(payload["content"]))
    parts += [card(embed) for embed in payload["embeds"]]
    buttons = [_button(item) for row in payload["components"] for item in row.get("components", [])]
    if buttons:
        parts.append(Text("  ").join(buttons))
    return Group(*parts)


def card(embed: dict[str, Any]) -> Panel:
    """Draw an embed as a panel with its title on the border's inside and its footer on the border."""
    lines: list[RenderableType] = []
    if title := embed.get("title"):
        text = markdown(title)
        text.stylize("bold")
        if url := embed.get("url"):
            text.stylize(f"link {url}")
        lines.append(text)
    if description := embed.get("description"):
        lines.append(markdown(description))
    if image := embed.get("image"):
        lines.append(Text(f"[image: {image['url']}]", "dim"))
    footer = embed.get("footer", {}).get("text")
    return Panel(
        Group(*lines),
        subtitle=Text(footer, "dim") if footer else None,
        subtitle_align="left",
        border_style="blue",
    )


def _button(item: dict[str, Any]) -> Text:
    style = "dim strike" if item.get("disabled") else "bold reverse"
    text = Text(f" {item.get('label') or item.get('placeholder') or '?'} ", style)
    if url := item.get("url"):
        text.append(f" {url}", "not reverse underline")
    return text


def markdown(source: str) -> Text:
    """Style Discord's markdown as far as Newsdesk writes it; what outside text escaped stays text."""
    text = Text()
    for number, line in enumerate(source.split("\n")):
        if number:
            text.append("\n")
        text.append_text(_inline(line))
    return text


def _inline(line: str) -> Text:
    text = Text()
    at = 0
    for found in _MARKDOWN.finditer(line):
        text.append(line[at : found.start()])
        at = found.end()
        if found["escaped"]:
            text.append(found["escaped"])
        elif found["bold"]:
            text.append_text(_styled(found["bold"], "bold"))
        elif found["italic"]:
            text.append_text(_styled(found["italic"], "italic"))
        elif found["code"]:
            # A number alone is an article's: written as it can be typed, apart from the headline behind it.
            text.append(f"#{found['code']}" if found["code"].isdigit() else found["code"], "bold cyan")
        elif found["label"]:
            text.append_text(_styled(found["label"], f"link {found['url']}"))
        else:
            when = datetime.fromtimestamp(int(found["time"]), UTC)
            text.append(f"{when.day} {when:%B %Y}")
    text.append(line[at:])
    return text


def _styled(source: str, style: str) -> Text:
    text = _inline(source)
    text.stylize(style)
    return text
