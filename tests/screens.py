"""What a reader sees of a message with controls, and how they use them."""

from typing import Any

import discord

from bot.preview.stage import Stage


def text_of(message: discord.Message) -> str:
    """Return the card of a message as one text."""
    (card,) = message.embeds
    return "\n".join(part for part in (card.title, card.description, card.footer.text) if part)


def controls(message: discord.Message) -> list[dict[str, Any]]:
    """Return the controls of a message as Discord got them, row by row."""
    rows: list[Any] = [row.to_dict() for row in message.components]
    return [control for row in rows for control in row["components"]]


def buttons(message: discord.Message) -> list[str]:
    """Return the labels of its buttons that can be pressed."""
    return [each["label"] for each in controls(message) if each["type"] == 2 and not each.get("disabled")]


def select(message: discord.Message) -> dict[str, Any]:
    """Return the only select of a message."""
    (found,) = (control for control in controls(message) if control["type"] == 3)
    return found


def options(message: discord.Message) -> dict[int, str]:
    """Return the stories of its select, by id."""
    return {int(option["value"]): option["label"] for option in select(message)["options"]}


async def press(channel: Stage, label: str) -> str:
    """Press a button of the newest message; return its card as it is then."""
    result = await channel.reader.click(channel.last_message(), label=label)
    assert result.acknowledged
    return text_of(channel.last_message())


async def choose(channel: Stage, id_: int) -> str:
    """Choose a story in the select of the newest message; return its card as it is then."""
    result = await channel.reader.select(channel.last_message(), [str(id_)])
    assert result.acknowledged
    return text_of(channel.last_message())


async def ask(channel: Stage, text: str) -> str:
    """Say something and return the answer's card."""
    (_,) = await channel.say(text)
    return text_of(channel.last_message())
