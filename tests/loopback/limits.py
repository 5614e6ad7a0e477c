"""What a message, its controls, a completion and a command may hold: each function names the limits that are broken.

Sources in Discord's documentation: resources/message.mdx (Create Message, Embed Limits), components/reference.mdx
(Action Row, Button, String Select), interactions/application-commands.mdx. Characters are counted as UTF-16 code
units, which are never fewer than what Discord counts, and without white space around them, which it trims.
"""

from collections.abc import Iterator
from typing import Any, Final

CONTENT: Final = 2_000
NONCE: Final = 25
EMBEDS: Final = 10
IN_EMBEDS: Final = 6_000
FIELDS: Final = 25
TITLE, DESCRIPTION, NAME, VALUE, FOOTER, AUTHOR = 256, 4_096, 256, 1_024, 2_048, 256
ROWS, BUTTONS, OPTIONS = 5, 5, 25
CUSTOM_ID, LABEL, URL, PLACEHOLDER, OPTION = 100, 80, 512, 150, 100
CHOICES, CHOICE = 25, 100
COMMANDS: Final = {1: 100, 2: 15, 3: 15}
"""Commands of each type: slash commands, menus of users, menus of messages."""
COMMAND_NAME, COMMAND_DESCRIPTION, COMMAND_OPTIONS, COMMAND = 32, 100, 25, 8_000

_ROW, _BUTTON, _SELECT, _LINK = 1, 2, 3, 5
_SLASH: Final = 1

Sent = dict[str, Any]


def of_message(sent: Sent) -> Iterator[str]:
    """Name what a message breaks."""
    if not any(sent.get(part) for part in ("content", "embeds", "components")):
        yield "a message is empty"
    yield from _longer("nonce", sent.get("nonce"), NONCE)
    yield from of_changes(sent)


def of_changes(sent: Sent) -> Iterator[str]:
    """Name what an edit of a message breaks."""
    yield from _longer("content", sent.get("content"), CONTENT)
    yield from _of_embeds(sent.get("embeds") or [])
    yield from _of_controls(sent.get("components") or [])


def of_completion(choices: list[Sent]) -> Iterator[str]:
    """Name what the completion of an argument breaks."""
    yield from _more("choices", choices, CHOICES)
    for choice in choices:
        yield from _between("a choice's name", choice.get("name"), CHOICE)
        yield from _longer("a choice's value", choice.get("value"), CHOICE)


def of_commands(commands: list[Sent]) -> Iterator[str]:
    """Name what a bot's list of commands breaks."""
    for kind, most in COMMANDS.items():
        named = [command["name"] for command in commands if command.get("type", _SLASH) == kind]
        yield from _more(f"commands of type {kind}", named, most)
        if len(set(named)) < len(named):
            yield "two commands have one name"
    for command in commands:
        yield from _of_command(command, slash=command.get("type", _SLASH) == _SLASH)
        if sum(_weight(command)) > COMMAND:
            yield f"a command is longer than {COMMAND}"


def _of_command(command: Sent, *, slash: bool) -> Iterator[str]:
    """Name what a command, or an option of one, breaks. Menus have names as people write, and no description."""
    for name in (command["name"], *(command.get("name_localizations") or {}).values()):
        yield from _between("a command's name", name, COMMAND_NAME)
        if slash and name != name.lower():
            yield "a command's name is not in small letters"
    if slash:
        for text in (command.get("description"), *(command.get("description_localizations") or {}).values()):
            yield from _between("a command's description", text, COMMAND_DESCRIPTION)
    options = command.get("options") or []
    yield from _more("options of a command", options, COMMAND_OPTIONS)
    if len({option["name"] for option in options}) < len(options):
        yield "two options have one name"
    needed = [bool(option.get("required")) for option in options]
    if needed != sorted(needed, reverse=True):
        yield "a required option follows one that is not"
    for option in options:
        yield from _of_command(option, slash=True)
    yield from of_completion(command.get("choices") or [])


def _weight(command: Sent) -> Iterator[int]:
    for part in ("name", "description"):
        told = (command.get(part), *(command.get(f"{part}_localizations") or {}).values())
        yield max(length(text) for text in told)
    for choice in command.get("choices") or []:
        yield length(choice["name"]) + length(str(choice["value"]))
    for option in command.get("options") or []:
        yield from _weight(option)


def _of_embeds(embeds: list[Sent]) -> Iterator[str]:
    yield from _more("embeds", embeds, EMBEDS)
    total = 0
    for embed in embeds:
        fields = embed.get("fields") or []
        yield from _more("fields", fields, FIELDS)
        texts = [("title", embed.get("title"), TITLE), ("description", embed.get("description"), DESCRIPTION)]
        texts.append(("footer", (embed.get("footer") or {}).get("text"), FOOTER))
        texts.append(("author", (embed.get("author") or {}).get("name"), AUTHOR))
        for one in fields:
            yield from _between("name", one.get("name"), NAME)
            yield from _between("value", one.get("value"), VALUE)
        for name, text, most in texts:
            yield from _longer(name, text, most)
        total += sum(length(text) for _, text, _ in texts)
        total += sum(length(one.get("name")) + length(one.get("value")) for one in fields)
    if total > IN_EMBEDS:
        yield f"embeds are longer than {IN_EMBEDS}"


def _of_controls(rows: list[Sent]) -> Iterator[str]:
    yield from _more("rows", rows, ROWS)
    ids: list[str] = []
    for row in rows:
        controls = row.get("components") or []
        selects = [control for control in controls if control["type"] != _BUTTON]
        if row["type"] != _ROW or not controls or (selects and len(controls) > 1):
            yield "a row holds something else than up to five buttons or one select"
        yield from _more("buttons", controls, BUTTONS)
        for control in controls:
            yield from _of_button(control) if control["type"] == _BUTTON else _of_select(control)
        ids += [control["custom_id"] for control in controls if "custom_id" in control]
    if len(set(ids)) < len(ids):
        yield "two controls have one custom_id"


def _of_button(button: Sent) -> Iterator[str]:
    yield from _longer("label", button.get("label"), LABEL)
    if not (button.get("label") or button.get("emoji")):
        yield "a button shows nothing"
    if button.get("style") == _LINK:
        yield from _between("url", button.get("url"), URL)
        if "custom_id" in button:
            yield "a link has a custom_id"
    else:
        yield from _between("custom_id", button.get("custom_id"), CUSTOM_ID)
        if button.get("url"):
            yield "a button has an address"


def _of_select(select: Sent) -> Iterator[str]:
    if select["type"] != _SELECT:
        yield f"there is no control of type {select['type']}"
    yield from _between("custom_id", select.get("custom_id"), CUSTOM_ID)
    yield from _longer("placeholder", select.get("placeholder"), PLACEHOLDER)
    options = select.get("options") or []
    if not options:
        yield "a select offers nothing"
    yield from _more("options", options, OPTIONS)
    for option in options:
        yield from _between("an option's label", option.get("label"), OPTION)
        yield from _between("an option's value", option.get("value"), OPTION)
        yield from _longer("an option's description", option.get("description"), OPTION)


def length(text: object) -> int:
    """Count the characters of a text."""
    return len(str(text if text is not None else "").strip().encode("utf-16-le", "surrogatepass")) // 2


def _longer(name: str, text: object, most: int) -> Iterator[str]:
    if length(text) > most:
        yield f"{name} is longer than {most}"


def _between(name: str, text: object, most: int) -> Iterator[str]:
    if not length(text):
        yield f"{name} is empty"
    yield from _longer(name, text, most)


def _more(name: str, things: list[Any], most: int) -> Iterator[str]:
    if len(things) > most:
        yield f"more than {most} {name}"
