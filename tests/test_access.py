"""Who may do what: every command against everyone who may come by, in messages and as slash commands."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import discord
import pytest
import simcord
from simcord.actors import _dispatch_actor_interaction
from simcord.backend import serializers

from bot.desk import Desk
from bot.preview.stage import Stage, stage
from bot.replies.admission import ACCESS, PUBLIC, Access
from tests.newsroom import WHALES

OWNERS = "Only whoever runs me can do this."
MANAGERS = "Only those who may manage this server can do this."
GUILDS = "This is about a server: ask me in one."
DONE, IGNORED = "done", "ignored"
MENU = "Find related news"

ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "news": ("!news whales", {"query": "whales"}),
    "headline": (f"!headline {WHALES}", {"article": str(WHALES)}),
    "related": (f"!related {WHALES}", {"article": str(WHALES)}),
    "help": ("!help", {}),
    "about": ("!about", {}),
    "settings": ("!settings", {}),
    "remove": ("!remove 999", {"article": "999"}),
    "feeds": ("!feeds", {}),
    "feeds list": ("!feeds list", {}),
    "feeds add": ("!feeds add file:///etc/passwd", {"address": "file:///etc/passwd"}),
    **{
        f"feeds {name}": (f"!feeds {name} 999", {"feed": 999})
        for name in ("remove", "pause", "resume", "poll")
    },
}
EVERYONES = {
    "owner": DONE,
    "team member": DONE,
    "manager": DONE,
    "member": DONE,
    "manager of another guild": DONE,
    "direct message": DONE,
    "webhook": IGNORED,
    "bot": IGNORED,
}
OWNERS_ONLY = {
    "owner": DONE,
    "team member": DONE,
    "manager": OWNERS,
    "member": OWNERS,
    "manager of another guild": OWNERS,
    "direct message": OWNERS,
    "webhook": IGNORED,
    "bot": IGNORED,
}
TABLE: dict[str, dict[str, str]] = {
    **dict.fromkeys(("news", "headline", "related", "help", "about", MENU), EVERYONES),
    "settings": {
        "owner": MANAGERS,
        "team member": MANAGERS,
        "manager": DONE,
        "member": MANAGERS,
        "manager of another guild": MANAGERS,
        "direct message": GUILDS,
        "webhook": IGNORED,
        "bot": IGNORED,
    },
    **dict.fromkeys(
        ("remove", "feeds", *(f"feeds {n}" for n in ("list", "add", "remove", "pause", "resume", "poll"))),
        OWNERS_ONLY,
    ),
}


@dataclass
class People:
    """A channel with everyone in it."""

    stage: Stage
    members: dict[str, simcord.MemberActor]
    webhook: Any

    async def enter(self, who: str) -> None:
        """Let time pass; the bot belongs to a person, or if a team member comes, to a team."""
        bot, team = self.stage.bot, who == "team member"
        bot.owner_id = None if team else self.members["owner"].id
        bot.owner_ids = {self.members["team member"].id} if team else set()
        await self.stage.env.advance_time(10)

    async def write(self, who: str, text: str) -> list[dict[str, Any]]:
        """Send a message as someone; return what the bot sent."""
        await self.enter(who)
        before = len(self.stage.env.http_requests)
        if who == "direct message":
            await self.members["member"].send_dm(text)
        elif who == "webhook":
            await self.webhook.send(text)
        else:
            await self.members[who].send(self.stage.channel, text)
        requests = self.stage.env.http_requests[before:]
        sent = [r.json for r in requests if r.method == "POST" and r.path.endswith("/messages")]
        return [payload for payload in sent if isinstance(payload, dict)]

    async def slash(self, who: str, name: str, **options: Any) -> Any:
        """Give a slash command as someone."""
        await self.enter(who)
        if who == "direct message":
            return await self.members["member"].user.slash(name, **options)
        return await self.members[who].slash(self.stage.channel, name, **options)

    async def menu(self, who: str) -> Any:
        """Use the menu of a message about whales as someone."""
        await self.enter(who)
        if who == "direct message":
            return await self._menu_of_a_direct_message()
        message = await self.members["manager"].send(self.stage.channel, "Whales in the fjord?")
        return await self.members[who].context_menu(self.stage.channel, MENU, message)

    async def _menu_of_a_direct_message(self) -> Any:
        user = self.members["member"].user
        message = await user.send_dm("Whales in the fjord?")
        stored = self.stage.env.backend.get_message(user.dm_channel.id, message.id)
        (id_,) = [c.id for c in await self.stage.bot.tree.fetch_commands() if c.name == MENU]
        data = {
            "id": str(id_),
            "name": MENU,
            "type": discord.AppCommandType.message.value,
            "target_id": str(message.id),
            "resolved": {
                "messages": {str(message.id): serializers.message_payload(self.stage.env.backend, stored)}
            },
        }
        kind = discord.InteractionType.application_command.value
        return await _dispatch_actor_interaction(user, kind, user.dm_channel, data)


@pytest.fixture
async def people(desk: Desk) -> AsyncIterator[People]:
    async with stage(desk, desk.settings) as channel:
        env, guild = channel.env, channel.env.guild
        manages = discord.Permissions(manage_guild=True)
        elsewhere = env.create_guild("Elsewhere")
        visitor = env.create_user("visitor")
        elsewhere.add_member(visitor, roles=[elsewhere.create_role("staff", permissions=manages)])
        members = {
            "owner": guild.add_member(env.create_user("owner")),
            "manager": guild.add_member(
                env.create_user("manager"), roles=[guild.create_role("staff", permissions=manages)]
            ),
            "team member": guild.add_member(env.create_user("colleague")),
            "member": channel.reader,
            "manager of another guild": guild.add_member(visitor),
            "bot": guild.add_member(env.create_user("robot", bot=True)),
        }
        # What Discord hides by default a manager may show to all: our own door has to hold then.
        for command in await channel.bot.tree.fetch_commands():
            guild.set_command_permissions(command, {guild.default_role: True})
        yield People(channel, members, guild.create_webhook(channel.channel))


def outcome(embeds: list[Any]) -> str:
    (card,) = [embed.to_dict() if isinstance(embed, discord.Embed) else embed for embed in embeds]
    said = str(card["description"])
    return said if said in {OWNERS, MANAGERS, GUILDS} else DONE


def test_the_table_is_whole(people: People) -> None:
    bot = people.stage.bot
    menus = {
        menu.name
        for kind in (discord.AppCommandType.message, discord.AppCommandType.user)
        for menu in bot.tree.get_commands(type=kind)
    }
    commands = {command.qualified_name for command in bot.walk_commands()}
    slash = {command.qualified_name for command in bot.tree.walk_commands()}
    assert set(ASKED) == commands == slash
    assert set(TABLE) == set(ACCESS) == commands | menus
    assert all(set(row) == set(EVERYONES) for row in TABLE.values())


@pytest.mark.parametrize("who", EVERYONES)
async def test_in_a_message(people: People, who: str) -> None:
    outcomes = {}
    for command, (text, _options) in ASKED.items():
        replies = await people.write(who, text)
        outcomes[command] = outcome(replies[0]["embeds"]) if replies else IGNORED
    assert outcomes == {command: TABLE[command][who] for command in ASKED}


@pytest.mark.parametrize("who", [who for who, expected in EVERYONES.items() if expected != IGNORED])
async def test_as_a_slash_command_and_in_a_menu(people: People, who: str) -> None:
    outcomes, private = {}, set()
    # A group of slash commands is none itself.
    given = TABLE.keys() - {"feeds"}
    for command in given:
        menu = command == MENU
        result = await (people.menu(who) if menu else people.slash(who, command, **ASKED[command][1]))
        shown = result.response or result.followups[0]
        outcomes[command] = outcome(shown.embeds)
        private |= {command} if shown.ephemeral else set()
    assert outcomes == {command: TABLE[command][who] for command in given}
    assert private == set(outcomes) - PUBLIC


async def test_the_menu_of_a_direct_message_finds_stories_too(people: People) -> None:
    result = await people.menu("direct message")
    assert f"`{WHALES}`" in str(result.response.embeds[0].description)


async def test_what_nobody_listed_is_for_the_owner(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.replies.admission.ACCESS", {"help": Access.EVERYONE})
    assert outcome((await people.write("manager", "!news whales"))[0]["embeds"]) == OWNERS
    assert outcome((await people.write("owner", "!news whales"))[0]["embeds"]) == DONE
    assert outcome((await people.slash("member", "news", query="whales")).response.embeds) == OWNERS
    assert outcome((await people.menu("manager")).response.embeds) == OWNERS


async def test_values_are_completed_only_for_those_who_may_give_the_command(people: People) -> None:
    async def completed(who: str) -> list[dict[str, Any]]:
        return await people.members[who].autocomplete(
            people.stage.channel, "settings", "value", "", name="language"
        )

    assert [choice["value"] for choice in await completed("manager")] == ["en", "es"]
    assert await completed("member") == []


async def test_of_a_team_those_who_only_read_are_no_owners(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles = {"owner": "admin", "team member": "developer", "member": "read_only"}
    team = [
        SimpleNamespace(id=people.members[who].id, role=discord.TeamMemberRole(role))
        for who, role in roles.items()
    ]

    async def application_info() -> Any:
        return SimpleNamespace(team=SimpleNamespace(members=team))

    async def of_a_team(_who: str) -> None:
        await people.stage.env.advance_time(10)

    monkeypatch.setattr(people.stage.bot, "application_info", application_info)
    monkeypatch.setattr(people, "enter", of_a_team)
    for who, expected in (("owner", DONE), ("team member", DONE), ("member", OWNERS)):
        assert outcome((await people.write(who, "!remove 999"))[0]["embeds"]) == expected


async def test_removing_confirms_the_number_and_the_headline(people: People, desk: Desk) -> None:
    (reply,) = await people.write("owner", f"!remove {WHALES} asked for by the publisher")
    said = reply["embeds"][0]["description"]
    assert said == f"Removed article {WHALES}: Two whales seen in the fjord"
    await desk.headlines.catch_up()
    (reply,) = await people.write("member", f"!headline {WHALES}")
    assert "was removed on" in reply["embeds"][0]["description"]
    (reply,) = await people.write("owner", "!remove whales")
    assert reply["embeds"][0]["description"] == "I cannot read that. Try for example !remove 12."
