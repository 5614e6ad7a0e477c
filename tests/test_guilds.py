"""What guilds choose: how it is read, and that every process sees it at once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.article import Scope
from bot.desk.guilds import KEPT, Guilds
from bot.errors import BadGuildSetting
from bot.guilds import LANGUAGES, NAMES, GuildSettings, changed, guild_settings
from bot.store.store import Store

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("prefix", "?", "?"),
        ("prefix", "news!", "news!"),
        ("results", "10", 10),
        ("channels", "<#123> <#456>,<#123>", (123, 456)),
        ("channels", "123456789012345678", (123456789012345678,)),
        ("sources", "Reuters, BBC News ,Reuters", ("Reuters", "BBC News")),
        ("zone", "europe/madrid", "Europe/Madrid"),
        ("language", "ES", "es"),
    ],
)
def test_a_value_is_read_as_it_is_typed(name: str, typed: str, value: object) -> None:
    settings = changed(GuildSettings(), name, typed)
    assert getattr(settings, name) == value
    written = settings.written(name)
    assert written is not None
    assert guild_settings({name: written}) == settings
    assert changed(settings, name, "default") == GuildSettings()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("prefix", "a b"),
        ("prefix", "/"),
        ("prefix", "!" * 11),
        ("prefix", "<@1>"),
        ("results", "2"),
        ("results", "11"),
        ("results", "٥"),
        ("results", "many"),
        ("channels", "news"),
        ("channels", " ".join(f"<#{n}>" for n in range(100, 126))),
        ("sources", ",,"),
        ("sources", "x" * 101),
        ("zone", "Mars/Olympus"),
        ("language", "tlh"),
        ("colour", "blue"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_would(name: str, typed: str) -> None:
    with pytest.raises(BadGuildSetting) as raised:
        changed(GuildSettings(), name, typed)
    assert raised.value.params["fits"]


def test_every_setting_can_be_changed() -> None:
    for name in NAMES:
        assert changed(GuildSettings(), name, "default") == GuildSettings()
    assert "en" in LANGUAGES


def test_settings_of_a_later_version_are_left_out() -> None:
    assert guild_settings({"results": "7", "hologram": "true"}) == GuildSettings(results=7)


def test_channels_and_sources_of_a_guild() -> None:
    anywhere = GuildSettings()
    assert anywhere.answers_in(5)
    assert anywhere.scope == Scope()
    chosen = GuildSettings(channels=(5,), sources=("Reuters",), zone="Europe/Madrid")
    assert chosen.answers_in(5)
    assert chosen.answers_in(77, 5), "a thread below a channel that was chosen"
    assert not chosen.answers_in(6, None)
    assert chosen.scope.shows("reuters")
    assert not chosen.scope.shows("BBC")
    assert chosen.tzinfo.key == "Europe/Madrid"


async def test_every_process_sees_a_change_at_once(store_url: str) -> None:
    async with Store.open(store_url) as one, Store.open(store_url) as other:
        assert await Guilds(other).of(7) == GuildSettings()
        assert await Guilds(one).change(7, "prefix", "?", 3, NOW) == GuildSettings(prefix="?")
        assert await Guilds(other).of(7) == GuildSettings(prefix="?")
        await Guilds(other).change(7, "results", "9", 4, NOW)
        assert await Guilds(one).of(7) == GuildSettings(prefix="?", results=9)
        assert await Guilds(one).of(8) == await Guilds(one).of(None) == GuildSettings()


async def test_two_managers_who_change_two_settings_at_once_both_get_theirs(store_url: str) -> None:
    async with Store.open(store_url) as one, Store.open(store_url) as other:
        for turn in range(5):
            await asyncio.gather(
                Guilds(one).change(7, "prefix", f"{turn}!", 3, NOW),
                Guilds(other).change(7, "results", str(3 + turn), 4, NOW),
            )
            assert await Guilds(one).of(7) == GuildSettings(prefix=f"{turn}!", results=3 + turn)
        assert await Guilds(one).changed_by(7) == {"prefix": 3, "results": 4}


async def test_who_changed_each_setting_last_is_kept_and_nothing_more(store: Store) -> None:
    guilds = Guilds(store)
    await guilds.change(7, "prefix", "?", 3, NOW)
    await guilds.change(7, "results", "9", 4, NOW)
    assert await guilds.changed_by(7) == {"prefix": 3, "results": 4}
    await guilds.change(7, "prefix", "n!", 5, NOW)
    await guilds.change(7, "results", "default", 5, NOW)
    assert await guilds.changed_by(7) == {"prefix": 5}
    with pytest.raises(BadGuildSetting):
        await guilds.change(7, "prefix", "a b", 6, NOW)
    assert await guilds.changed_by(7) == {"prefix": 5}
    assert await guilds.of(7) == GuildSettings(prefix="n!")


async def results(guilds: Guilds, *ids: int) -> list[int]:
    return [(await guilds.of(guild)).results for guild in ids]


async def test_choices_are_deleted_a_month_after_the_bot_left(store: Store) -> None:
    guilds = Guilds(store)
    for guild in (1, 2, 3):
        await guilds.change(guild, "results", "9", 4, NOW)
    await guilds.left(1, NOW)
    await guilds.left(2, NOW + timedelta(days=1))
    await guilds.forget(NOW + KEPT + timedelta(hours=1))
    assert await results(guilds, 1, 2, 3) == [5, 9, 9]
    await guilds.joined(2)
    await guilds.forget(NOW + 2 * KEPT)
    assert await results(guilds, 2, 3) == [9, 9]


async def test_what_happened_while_nobody_listened_is_made_up_for(store: Store) -> None:
    guilds = Guilds(store)
    for guild in (1, 2, 3, 4):
        await guilds.change(guild, "results", "9", 4, NOW)
    await guilds.left(3, NOW)
    # 2 was left and 3 joined again meanwhile; 4 belongs to another process.
    await guilds.reconcile({1, 3}, lambda guild: guild != 4, NOW)
    await guilds.forget(NOW + 2 * KEPT)
    assert await results(guilds, 1, 2, 3, 4) == [9, 5, 9, 9]
