"""The cards about the bot itself: what can be asked, what it is, how a guild has set it up."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite

import discord

from bot.desk.stats import Stats
from bot.guilds import NAMES, SOURCE, GuildSettings
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.cards import COLOUR
from bot.replies.escape import escaped, web_address
from bot.replies.language import _, ngettext

LISTED = 1_000
"""Units of the channels, or of the sources, that a guild chose."""


def _card(lines: Iterable[str], footer: str, title: str | None = None) -> discord.Embed:
    card = discord.Embed(
        title=title or _("Newsdesk"),
        description=limits.fitting(lines, limits.EMBED_DESCRIPTION),
        colour=COLOUR,
    )
    return card.set_footer(text=footer)


def _typed(audience: Audience) -> str:
    """Return what stands before a command where it is shown as code, in which nothing else formats."""
    return audience.prefix.replace("`", "")


def help_card(audience: Audience) -> discord.Embed:
    """Show what can be asked, with examples that work as they stand."""
    p = _typed(audience)
    lines = [
        _("I find stories by their headlines and texts, and forgive typos."),
        "",
        _(
            '`{p}news Syria` finds stories, best first. `"quoted words"` are taken exactly, `-word` must not occur.'
        ).format(p=p),
        _(
            "`{p}news Syria source:Reuters since:7d` asks one source for the last week. `title:word` looks into"
            " headlines only; `after:` and `before:` take days like 2020-05-04, yesterday or friday."
        ).format(p=p),
        _("`{p}news sort:new` shows the newest.").format(p=p),
        _("`{p}headline 1` sums up article 1. Words work as well: `{p}headline quake Cuba`").format(p=p),
        _("`{p}related 1` shows what its page teased and what is like it.").format(p=p),
        "",
        _("The same as `/news`, `/headline`, `/related`, or by mentioning me."),
        _("In a message's menu, under Apps, *Find related news* finds the stories like it."),
        _("`{p}help news` tells more about one command, `{p}about` about me.").format(p=p),
    ]
    return _card(lines, _("Numbers of articles stand before each headline."))


def _news(p: str) -> list[str]:
    return [
        _("`{p}news peace talks` finds stories with these words; typos are forgiven, and said.").format(p=p),
        _('`{p}news "peace talks"` takes the words exactly, side by side.').format(p=p),
        _("`{p}news talks -geneva` leaves out stories with a word.").format(p=p),
        _("`{p}news title:geneva` wants the word in the headline.").format(p=p),
        _("`{p}news talks source:Reuters` asks one source, `-source:Reuters` all others.").format(p=p),
        _("`{p}news talks since:7d` wants the last seven days; `2w` and `3m` are weeks and months.").format(
            p=p
        ),
        _("`{p}news talks after:2020-05-04 before:friday` wants what was published in between.").format(p=p),
        _("`{p}news sort:new` shows the newest first, with words or without.").format(p=p),
    ]


def _headline(p: str) -> list[str]:
    return [
        _("`{p}headline 1` sums up the story whose number is 1.").format(p=p),
        _("`{p}headline quake Cuba` sums up the best match for words.").format(p=p),
    ]


def _related(p: str) -> list[str]:
    return [
        _("`{p}related 1` lists what the page of story 1 teased, then the stories most like it.").format(p=p),
        _("`{p}related quake Cuba` does so for the best match for words.").format(p=p),
    ]


def _settings(p: str) -> list[str]:
    return [
        _("`{p}settings` shows how this server has set me up. Only those who may manage it can.").format(p=p),
        _("`{p}settings prefix ?` changes one of them.").format(p=p),
        _("`{p}settings prefix default` takes it back.").format(p=p),
    ]


def _about(p: str) -> list[str]:
    return [_("`{p}about` tells my version, how many articles I have and how fresh they are.").format(p=p)]


def _remove(p: str) -> list[str]:
    return [_("`{p}remove 12` takes article 12 out for good. Only whoever runs me can.").format(p=p)]


def _feeds(p: str) -> list[str]:
    return [
        _(
            "`{p}feeds` shows the feeds that I read, and how each of them is. Only whoever runs me can."
        ).format(p=p),
        _("`{p}feeds add https://example.org/feed.xml` shows what a feed would bring, and adds it.").format(
            p=p
        ),
        _("`{p}feeds pause 3` reads it no more for now, `{p}feeds resume 3` goes on.").format(p=p),
        _("`{p}feeds poll 3` reads it now, `{p}feeds remove 3` forgets it; its articles stay.").format(p=p),
    ]


TOPICS: Mapping[str, Callable[[str], list[str]]] = {
    "news": _news,
    "headline": _headline,
    "related": _related,
    "settings": _settings,
    "about": _about,
    "remove": _remove,
    "feeds": _feeds,
}
"""What help is given about, by the names of commands."""


def topic_card(topic: str, audience: Audience) -> discord.Embed:
    """Tell of one of TOPICS, with examples."""
    footer = _("All commands: {example}").format(example=audience.example("help"))
    title = escaped(audience.example(topic), limits.EMBED_TITLE)
    return _card(TOPICS[topic](_typed(audience)), footer, title)


def privacy() -> str:
    """Say what is kept of users."""
    return _(
        "Privacy: I keep this server's settings and the id of who last changed each. What you ask is not kept."
    )


def greeting_card(audience: Audience) -> discord.Embed:
    """Introduce the bot to a guild that it has just joined."""
    p = _typed(audience)
    lines = [
        _("Hello! I find news stories in my own archive. Three to try:"),
        _("`{p}news Syria` finds stories by their words.").format(p=p),
        _("`{p}news sort:new` shows the newest.").format(p=p),
        _("`{p}headline 1` sums up article 1.").format(p=p),
        "",
        _("`{p}help` shows more. Those who may manage this server set me up with `{p}settings`.").format(p=p),
        privacy(),
    ]
    return _card(lines, _("Numbers of articles stand before each headline."))


def about_card(stats: Stats, latency: float, source: str | None) -> discord.Embed:
    """Tell of the bot; `latency` is in seconds, `source` the address of its code."""
    stored = stats.store
    articles = ngettext("{n} article", "{n} articles", stored.articles).format(n=stored.articles)
    stubs = ngettext("{n} known from a teaser only", "{n} known from teasers only", stored.stubs).format(
        n=stored.stubs
    )
    newest = f"<t:{int(stored.newest.timestamp())}:R>" if stored.newest else _("never")
    address = web_address(source)
    lines = [
        _("Version {version}").format(version=stats.version),
        f"{articles}, {stubs}",
        _("The newest was taken in: {when}").format(when=newest),
        # Until Discord has answered the first heartbeat there is no number.
        *(
            [_("Discord hears me within {ms} ms").format(ms=round(latency * 1000))]
            if isfinite(latency)
            else []
        ),
        *([_("My source code: {address}").format(address=address)] if address else []),
        "",
        privacy(),
    ]
    return _card(lines, _("Texts belong to their publishers; I show a summary and the link."))


def settings_card(
    settings: GuildSettings, changed_by: Mapping[str, int], prefix: str, audience: Audience
) -> discord.Embed:
    """Show how a guild has set the bot up; `prefix` stands before commands where it chose none."""
    lines: list[str] = []
    for name in NAMES:
        by = changed_by.get(name)
        who = " · " + _("changed by {user}").format(user=f"<@{by}>") if by else ""
        lines.append(f"`{name}` {_shown(name, settings, prefix)}{who}")
        lines.append(f"-# {_meaning(name)}")
    footer = _("Change one: {example} · undo it: {default}").format(
        example=audience.example("settings results 7"), default=audience.example("settings results default")
    )
    return _card(lines, footer, _("Settings of this server"))


def changed_card(name: str, settings: GuildSettings, prefix: str, audience: Audience) -> discord.Embed:
    """Confirm a change of one setting."""
    footer = _("All settings: {example}").format(example=audience.example("settings"))
    return _card([f"`{name}` {_shown(name, settings, prefix)}"], footer, _("Changed"))


def _shown(name: str, settings: GuildSettings, prefix: str) -> str:
    match name:
        case "prefix":
            return f"`{(settings.prefix or prefix).replace('`', '')}`"
        case "channels":
            return _many([f"<#{channel}>" for channel in settings.channels]) or _("all channels")
        case "sources":
            return _many([escaped(source, SOURCE) for source in settings.sources]) or _("all sources")
    return f"**{escaped(str(getattr(settings, name)), SOURCE)}**"


def _many(parts: Sequence[str]) -> str:
    """List as many as have room beside the other settings."""
    shown = [part for at, part in enumerate(parts) if limits.length(", ".join(parts[: at + 1])) <= LISTED]
    return ", ".join([*shown, *(["…"] if len(shown) < len(parts) else [])])


def _meaning(name: str) -> str:
    meanings = {
        "prefix": _("what stands before a command in a message"),
        "results": _("stories on a page, 3 to 10"),
        "channels": _("where I answer, like #news #world"),
        "sources": _("whose stories are shown, like Reuters, BBC News"),
        "zone": _("the time zone in which days begin, like Europe/Madrid"),
        "language": _("the language of my answers, en or es"),
    }
    return meanings[name]


def removed_card(id_: int, headline: str, orphans: int) -> discord.Embed:
    """Confirm that an article was removed, with as many stubs that only its page teased."""
    lines = [
        _("Removed article {id}: {headline}").format(id=id_, headline=escaped(headline, limits.EMBED_TITLE))
    ]
    if orphans:
        lines.append(
            ngettext(
                "With it went {n} story that only its page teased.",
                "With it went {n} stories that only its page teased.",
                orphans,
            ).format(n=orphans)
        )
    return _card(lines, _("To undo it: {command}").format(command=f"newsdesk remove {id_} --undo"))
