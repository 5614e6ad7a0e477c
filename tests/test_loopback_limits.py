"""The limits of messages, controls, completions and commands on loopback: what is just within is taken, and what is beyond is not."""

from typing import Any

from tests.loopback import limits
from tests.loopback import world as here
from tests.loopback.client import HELLO, SILENT, Client

CHANNEL = f"/channels/{here.GUILD + 1}/messages"


def embed(**parts: Any) -> dict[str, Any]:
    return {"embeds": [parts]} | SILENT


def buttons(*given: dict[str, Any]) -> dict[str, Any]:
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Go"} | one for one in given]}
    return HELLO | {"components": [row]}


def select(*options: dict[str, Any], **more: Any) -> dict[str, Any]:
    control = {"type": 3, "custom_id": "a", "options": list(options)} | more
    return HELLO | {"components": [{"type": 1, "components": [control]}]}


def option(**parts: Any) -> dict[str, Any]:
    return {"label": "a", "value": "a"} | parts


FIELD = {"name": "n", "value": "v"}
TOO_MUCH: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("content is longer than 2000", {"content": "x" * 2_000} | SILENT, {"content": "x" * 2_001} | SILENT),
    ("content is longer than 2000", {"content": "😀" * 1_000} | SILENT, {"content": "😀" * 1_001} | SILENT),
    ("nonce is longer than 25", HELLO | {"nonce": "n" * 25}, HELLO | {"nonce": "n" * 26}),
    ("a message is empty", HELLO, SILENT),
    ("title is longer than 256", embed(title=" " + "x" * 256), embed(title="x" * 257)),
    ("description is longer than 4096", embed(description="x" * 4_096), embed(description="x" * 4_097)),
    ("footer is longer than 2048", embed(footer={"text": "x" * 2_048}), embed(footer={"text": "x" * 2_049})),
    ("author is longer than 256", embed(author={"name": "x" * 256}), embed(author={"name": "x" * 257})),
    ("more than 25 fields", embed(fields=[FIELD] * 25), embed(fields=[FIELD] * 26)),
    ("name is longer than 256", embed(fields=[FIELD | {"name": "x" * 256}]), embed(fields=[FIELD | {"name": "x" * 257}])),
    ("name is empty", embed(fields=[FIELD]), embed(fields=[FIELD | {"name": " "}])),
    ("value is longer than 1024", embed(fields=[FIELD | {"value": "x" * 1_024}]), embed(fields=[FIELD | {"value": "x" * 1_025}])),
    ("more than 10 embeds", SILENT | {"embeds": [{"title": "x"}] * 10}, SILENT | {"embeds": [{"title": "x"}] * 11}),
    (
        "embeds are longer than 6000",
        SILENT | {"embeds": [{"description": "x" * 4_000}, {"footer": {"text": "x" * 1_998}, "fields": [FIELD]}]},
        SILENT | {"embeds": [{"description": "x" * 4_000}, {"footer": {"text": "x" * 1_999}, "fields": [FIELD]}]},
    ),
    ("more than 5 rows", HELLO | {"components": [buttons({"custom_id": str(n)})["components"][0] for n in range(5)]},
     HELLO | {"components": [buttons({"custom_id": str(n)})["components"][0] for n in range(6)]}),
    ("more than 5 buttons", buttons(*({"custom_id": str(n)} for n in range(5))), buttons(*({"custom_id": str(n)} for n in range(6)))),
    ("two controls have one custom_id", buttons({"custom_id": "a"}, {"custom_id": "b"}), buttons({"custom_id": "a"}, {"custom_id": "a"})),
    ("custom_id is longer than 100", buttons({"custom_id": "a" * 100}), buttons({"custom_id": "a" * 101})),
    ("custom_id is empty", buttons({"custom_id": "a"}), buttons({})),
    ("label is longer than 80", buttons({"custom_id": "a", "label": "x" * 80}), buttons({"custom_id": "a", "label": "x" * 81})),
    ("a button shows nothing", buttons({"custom_id": "a"}), buttons({"custom_id": "a", "label": ""})),
    ("url is longer than 512", buttons({"style": 5, "url": "h" * 512}), buttons({"style": 5, "url": "h" * 513})),
    ("a link has a custom_id", buttons({"style": 5, "url": "h"}), buttons({"style": 5, "url": "h", "custom_id": "a"})),
    ("a button has an address", buttons({"custom_id": "a"}), buttons({"custom_id": "a", "url": "h"})),
    ("a row holds something else than up to five buttons or one select", select(option()),
     HELLO | {"components": [{"type": 1, "components": []}]}),
    ("more than 25 options", select(*[option()] * 25), select(*[option()] * 26)),
    ("a select offers nothing", select(option()), select()),
    ("an option's label is longer than 100", select(option(label="x" * 100)), select(option(label="x" * 101))),
    ("an option's value is longer than 100", select(option(value="x" * 100)), select(option(value="x" * 101))),
    ("an option's description is longer than 100", select(option(description="x" * 100)), select(option(description="x" * 101))),
    ("placeholder is longer than 150", select(option(), placeholder="x" * 150), select(option(), placeholder="x" * 151)),
    ("there is no control of type 5", select(option()), select(option(), type=5)),
]  # fmt: skip
"""What is broken, and what is just within it, and what just beyond."""


def test_messages_are_counted_exactly() -> None:
    for rule, within, beyond in TOO_MUCH:
        assert (rule, list(limits.of_message(within)), list(limits.of_message(beyond))) == (rule, [], [rule])


def test_completions_and_commands_are_counted_exactly() -> None:
    choice = {"name": "n" * 100, "value": "v" * 100}
    assert list(limits.of_completion([choice] * 25)) == []
    assert list(limits.of_completion([choice] * 26)) == ["more than 25 choices"]
    assert list(limits.of_completion([{"name": "", "value": 7}])) == ["a choice's name is empty"]
    command = {"name": "n" * 32, "description": "d" * 100, "type": 1}
    assert list(limits.of_commands([command])) == []
    argument = {"name": "o", "description": "d", "type": 3, "required": True}
    for rule, commands in {
        "more than 100 commands of type 1": [command | {"name": f"n{n}"} for n in range(101)],
        "two commands have one name": [command, command],
        "a command's name is longer than 32": [command | {"name": "n" * 33}],
        "a command's name is not in small letters": [command | {"name_localizations": {"de": "Neu"}}],
        "a command's description is longer than 100": [command | {"description": "d" * 101}],
        "a command's description is empty": [command | {"options": [argument | {"description": ""}]}],
        "more than 25 options of a command": [
            command | {"options": [argument | {"name": f"o{n}"} for n in range(26)]}
        ],
        "two options have one name": [command | {"options": [argument, argument]}],
        "a required option follows one that is not": [
            command | {"options": [argument | {"required": False}, argument | {"name": "p"}]}
        ],
        "a command is longer than 8000": [
            command | {"options": [argument | {"name": f"o{n}", "choices": [choice] * 5} for n in range(8)]}
        ],
    }.items():
        assert list(limits.of_commands(commands)) == [rule]


async def test_what_breaks_a_limit_is_refused_wherever_it_is_sent(client: Client) -> None:
    asked = await client.loopback.invokes("news")
    shown = (await client.asks("POST", CHANNEL, HELLO))[1]
    clicked = await client.loopback.clicks(client.world.posted[0], "a")
    typed = await client.loopback.types("news", "source", "N")
    too_long = {"content": "x" * 2_001}
    assert (await client.answers(clicked, 7, content="changed"))[0] == 204
    hook = f"/webhooks/{here.BOT}/{clicked.payload['token']}"
    refused = [
        await client.asks("POST", CHANNEL, too_long | SILENT),
        await client.asks("PATCH", f"{CHANNEL}/{shown['id']}", too_long),
        await client.answers(asked, 4, **too_long),
        await client.answers(typed, 8, choices=[{"name": "", "value": ""}]),
        await client.asks("PATCH", f"{hook}/messages/@original", too_long),
        await client.asks("POST", hook, too_long | SILENT),
        await client.asks("PUT", f"/applications/{here.BOT}/commands", [{"name": "A", "type": 1}]),
    ]
    assert {(status, told["code"]) for status, told, _ in refused} == {(400, 50035)}
    assert client.world.violations.count("content is longer than 2000") == 5
    assert {*client.world.violations} == {
        "content is longer than 2000",
        "a choice's name is empty",
        "a command's name is not in small letters",
        "a command's description is empty",
    }
    assert [one["content"] for one in client.world.posted] == ["changed"]
