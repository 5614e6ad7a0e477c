"""`!feeds`, as the bot's owner gives it in the simulated channel, over a site on loopback."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.desk import Desk
from bot.failures import FetchStatus, written
from bot.feeds import Take
from bot.preview.stage import Stage, stage
from bot.replies import limits
from bot.replies.feeds import notice_card
from bot.replies.language import speaking
from bot.settings import Settings
from bot.store.records import FeedRow
from tests.feed_site import SIX, page, rss
from tests.newsroom import read_here
from tests.webserver import Site, answer


@dataclass
class Office:
    """The owner of the bot in a channel, and a site with a feed."""

    stage: Stage
    site: Site
    desk: Desk

    async def ask(self, text: str) -> str:
        """Send a message as the owner; return what the one card of the answer says."""
        (reply,) = await self.stage.say(text)
        return told(reply["embeds"][0])

    async def slash(self, name: str, **options: Any) -> Any:
        """Give a slash command as the owner; return the answer."""
        await self.stage.env.advance_time(10)
        result = await self.stage.reader.slash(self.stage.channel, name, **options)
        answered = result.response or result.followups[0]
        assert answered.ephemeral
        return answered

    async def click(self, label: str) -> str:
        """Click a button of the newest message; return what its card says then."""
        after = await self.stage.click(label)
        assert after is not None
        return told(after["embeds"][0])


def told(card: Mapping[str, Any]) -> str:
    return "\n".join(
        (card.get("title") or "", card.get("description") or "", (card.get("footer") or {}).get("text") or "")
    )


@pytest.fixture
async def office(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    read_here(monkeypatch)
    async with _office(settings) as office:
        yield office


@asynccontextmanager
async def _office(settings: Settings) -> AsyncIterator[Office]:
    async with Site.open({"/feed": rss(*SIX)}) as site:
        allowing = settings.model_copy(update={"fetch_allow_hosts": site.pair})
        async with AsyncExitStack() as opened:
            desk = await opened.enter_async_context(Desk.open(allowing))
            # A process that reads must be started before the simulation stops the clock, by which its start is waited for.
            await desk.feeds.preview(site.url("/feed"))
            channel = await opened.enter_async_context(stage(desk, allowing))
            channel.bot.owner_id = channel.reader.id
            # The server lets its members see what Discord hides by default.
            for command in await channel.bot.tree.fetch_commands():
                guild = channel.env.guild
                guild.set_command_permissions(command, {guild.default_role: True})
            yield Office(channel, site, desk)


async def test_without_feeds_the_list_tells_how_to_add_one(office: Office) -> None:
    assert "`!feeds add https://example.org/feed.xml`" in await office.ask("!feeds")


async def test_a_preview_comes_first_and_adds_nothing(settings: Settings) -> None:
    async with _office(settings) as office:
        said = await office.ask(f"!feeds add {office.site.url('/feed')}")
        assert "The Lantern" in said
        assert "It has 6 stories now." in said
        assert SIX[0] in said
        assert SIX[5] not in said
        assert await office.desk.feeds.list() == []


@pytest.mark.parametrize(("label", "count"), [("Nothing old", 0), ("The newest five", 5), ("Everything", 6)])
async def test_a_button_adds_the_feed(office: Office, label: str, count: int) -> None:
    await office.ask(f"!feeds add {office.site.url('/feed')} no")
    said = await office.click(label)
    assert "Added feed 1: **The Lantern**" in said
    assert f"{count} new stories" in said
    (row,) = await office.desk.feeds.list()
    assert (row.added_by, row.full_text) == (office.stage.reader.id, False)
    assert (await office.desk.store.stats()).articles == count
    assert await office.stage.click(label) is None


async def test_a_feed_is_added_once(office: Office) -> None:
    await office.ask(f"!feeds add {office.site.url('/feed')} no")
    await office.desk.feeds.add(office.site.url("/feed"), take=Take.NONE, full_text=False)
    message = office.stage.last_message()
    result = await office.stage.reader.click(message, label="Everything")
    (answered,) = [result.response] if result.response else result.followups
    assert "This feed is known already; it has the number 1." in str(answered.embeds[0].description)
    assert answered.ephemeral
    assert len(await office.desk.feeds.list()) == 1


async def test_of_several_feeds_one_is_chosen(office: Office) -> None:
    office.site.routes["/more"] = rss("Choir sings on the pier", title="Pier and Quay")
    office.site.routes["/"] = page(("World", "/feed"), ("Pier", "/more"))
    assert "This page has 2 feeds." in await office.ask(f"!feeds add <{office.site.url('/')}> no")
    message = office.stage.last_message()
    (select,) = [item for row in message.components for item in getattr(row, "children", [])]
    assert [(option.label, option.description) for option in select.options] == [
        ("World", None),
        ("Pier", None),
    ]
    await office.stage.reader.select(message, values=["1"])
    assert "Choir sings on the pier" in told(office.stage.last_message().embeds[0].to_dict())
    assert "Pier and Quay" in await office.click("Everything")
    assert [row.url for row in await office.desk.feeds.list()] == [office.site.url("/more")]


async def test_the_list_shows_how_each_feed_is(office: Office) -> None:
    await office.desk.feeds.add(office.site.url("/feed"), take=Take.ALL, full_text=False)
    said = await office.ask("!feeds")
    assert re.search(
        r"`1` \*\*The Lantern\*\*\nread <t:\d+:R> · new story <t:\d+:R> · next <t:\d+:R>\n", said
    )
    office.site.routes["/feed"] = answer(status=503)
    await office.ask("!feeds poll 1")
    assert re.search(r"failed 1 time since <t:\d+:R>", await office.ask("!feeds list"))


async def test_a_long_list_has_pages_that_fit(office: Office) -> None:
    hostile = "**@everyone** [x](https://e.example) " * 30
    for number in range(12):
        path = f"/{'long/' * 60}{number}"
        office.site.routes[path] = rss(title=hostile)
        await office.desk.feeds.add(office.site.url(path), take=Take.NONE)
        office.site.routes[path] = answer(status=500)
    await office.desk.feeds.poll()
    said = await office.ask("!feeds")
    assert "12 feeds · page 1 of 3" in said
    for first in ("6", "11"):
        assert f"`{first}` " in await office.click("Next")
    assert "`12` " in told(office.stage.last_message().embeds[0].to_dict())
    reply = office.stage.last_message().embeds[0]
    assert limits.length(str(reply.description)) <= limits.EMBED_DESCRIPTION
    assert "@everyone" not in str(reply.description)


async def test_addresses_are_shown_only_where_nobody_else_reads_them(office: Office) -> None:
    secret = f"http://reader:hush@{office.site.pair}/feed?token=sesame"
    open_ = await office.ask(f"!feeds add {secret}")
    closed = await office.slash("feeds add", address=secret)
    await office.desk.feeds.add(secret, take=Take.NONE)
    office.site.routes["/feed"] = answer(status=503)
    await office.desk.feeds.poll()
    public = [open_, await office.ask("!feeds"), await office.ask("!feeds poll 1")]
    assert [said for said in public if office.site.pair in said] == []
    private = [told(closed.embeds[0].to_dict()), told((await office.slash("feeds list")).embeds[0].to_dict())]
    assert [said for said in private if office.site.pair not in said] == []
    assert [said for said in (*public, *private) if "hush" in said or "sesame" in said] == []
    assert "503" in private[1]
    before = len(office.stage.env.http_requests)
    await office.stage.env.advance_time(10)
    await office.stage.reader.user.send_dm("!feeds")
    sent = [r.json for r in office.stage.env.http_requests[before:] if r.path.endswith("/messages")]
    assert office.site.pair in str(sent)
    assert "hush" not in str(sent)


async def test_a_feed_is_paused_resumed_polled_and_removed(office: Office) -> None:
    await office.desk.feeds.add(office.site.url("/feed"), take=Take.NONE, full_text=False)
    assert "Feed 1 is paused: **The Lantern**" in await office.ask("!feeds pause 1")
    assert "· paused" in await office.ask("!feeds")
    assert "There is no feed" in await office.ask("!feeds poll")
    assert "Feed 1 is read again" in await office.ask("!feeds resume 1")
    office.site.routes["/feed"] = rss("Otters return to the canal", *SIX)
    assert "`1` **The Lantern**: 1 new story" in await office.ask("!feeds poll")
    assert "Removed feed 1: **The Lantern**. Its articles stay." in await office.ask("!feeds remove 1")
    assert await office.desk.feeds.list() == []
    await office.desk.headlines.catch_up()
    assert "return to the canal" in await office.ask("!news otters")


@pytest.mark.parametrize("command", ["remove", "pause", "resume", "poll"])
async def test_what_is_no_number_of_a_feed(office: Office, command: str) -> None:
    assert "There is no feed 9." in await office.ask(f"!feeds {command} 9")
    assert f"Try for example !feeds {command} 3." in await office.ask(f"!feeds {command} nine")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://example.org/feed", "is not an address that begins with http"),
        ("http://192.168.0.1/feed", "I do not fetch from 192.168.0.1"),
    ],
)
async def test_what_cannot_be_added_is_said(office: Office, address: str, said: str) -> None:
    answered = await office.ask(f"!feeds add {address}")
    assert said in answered
    assert "incident" not in answered


async def test_feeds_are_completed_by_number_and_title(office: Office) -> None:
    await office.desk.feeds.add(office.site.url("/feed"), take=Take.NONE)
    for typed, offered in (("lant", [1]), ("1", [1]), ("harbour", [])):
        choices = await office.stage.reader.autocomplete(office.stage.channel, "feeds remove", "feed", typed)
        assert [choice["value"] for choice in choices] == offered


def direct(office: Office, before: int) -> list[Any]:
    return [
        request.json
        for request in office.stage.env.http_requests[before:]
        if request.method == "POST" and request.path.endswith("/messages")
    ]


async def test_whoever_added_a_feed_is_told_when_it_is_paused_and_when_it_is_well(office: Office) -> None:
    row = await _added(office, office.stage.reader.id)
    before = len(office.stage.env.http_requests)
    await office.stage.bot.tell_of_feeds()
    await office.stage.bot.tell_of_feeds()
    (paused,) = direct(office, before)
    said = told(paused["embeds"][0])
    assert "Feed 1 failed 12 times in a row, so I paused it: **The Lantern**" in said
    assert office.site.pair in said
    assert "hush" not in said
    assert "answered with the status 500" in said
    before = len(office.stage.env.http_requests)
    await office.desk.feeds.poll([row.id])
    (well,) = direct(office, before)
    assert "Feed 1 is well again: **The Lantern**" in told(well["embeds"][0])
    before = len(office.stage.env.http_requests)
    await office.desk.feeds.poll([row.id])
    assert direct(office, before) == []


async def test_a_problem_is_told_in_the_language_of_its_reader(office: Office) -> None:
    row = await _added(office, None)
    with speaking("es"):
        assert "lantern.example respondió con el estado 500." in str(notice_card(row, well=False).description)
    # What a former version wrote down.
    before = replace(row, problem="It broke.")
    assert "It broke." in str(notice_card(before, well=False).description)


async def test_the_log_is_told_of_what_nobody_in_discord_added(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await _added(office, None)
    before = len(office.stage.env.http_requests)
    await office.stage.bot.tell_of_feeds()
    assert direct(office, before) == []
    assert "Feed 1 was paused: lantern.example answered with the status 500." in caplog.text


async def test_who_is_no_owner_any_more_is_not_told(office: Office) -> None:
    await _added(office, office.stage.reader.id)
    office.stage.bot.owner_id = 1
    before = len(office.stage.env.http_requests)
    await office.stage.bot.tell_of_feeds()
    assert direct(office, before) == []


async def _added(office: Office, user: int | None) -> FeedRow:
    """Add a feed, and have it paused for its failures."""
    url = f"http://reader:hush@{office.site.pair}/feed"
    row = (await office.desk.feeds.add(url, user=user, take=Take.NONE)).feed

    def fail(known: FeedRow) -> FeedRow:
        return replace(
            known,
            paused=True,
            failures=12,
            failing_since=known.added,
            problem=written(FetchStatus(host="lantern.example", status=500)),
        )

    return await office.desk.store.feeds.change(row.id, fail)
