"""Controls keep to Discord's limits whatever an article says."""

import gc
from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.article import Hit, Listing, Related, Results, Story
from bot.desk import Desk
from bot.errors import NothingFound
from bot.guilds import LANGUAGES, PAGE_SIZES, GuildSettings
from bot.preview.stage import Stage
from bot.replies import limits
from bot.replies.audience import Audience
from bot.replies.language import speaking
from bot.replies.panels import NearestScreen, Panel, ResultsScreen, Screen, panel
from bot.replies.panels.stories import RelatedScreen, ReportsScreen, StoryScreen
from tests import hostile
from tests.loopback import Loopback
from tests.loopback.running import running

NO_DESK = cast("Desk", None)
"""Nothing is asked while controls are made."""
audiences = st.builds(
    lambda size, language: Audience(
        asker=1,
        prefix="!",
        choices=GuildSettings(results=size, zone="Asia/Kolkata", language=language),
        language=language,
    ),
    st.sampled_from(PAGE_SIZES),
    st.sampled_from(LANGUAGES),
)


async def assert_legal(*trail: Screen) -> None:
    """Check what Discord checks: components/reference.mdx."""
    panel = Panel(trail[0])
    panel.trail = trail
    with speaking(trail[0].audience.language):
        panel.offer()
    rows = panel.to_components()
    assert len(rows) <= 5
    controls = [control for row in rows for control in row["components"]]
    ids = [control["custom_id"] for control in controls if "custom_id" in control]
    assert len(set(ids)) == len(ids)
    assert all(0 < len(id_) <= 100 for id_ in ids)
    for row in rows:
        kinds = [control["type"] for control in row["components"]]
        assert kinds == [3] or (set(kinds) == {2} and len(kinds) <= 5)
    for button in (control for control in controls if control["type"] == 2):
        assert 0 < limits.length(button["label"].strip()) <= 80
        assert ("url" in button) != ("custom_id" in button)
        assert len(button.get("url", "")) <= 512
    for select in (control for control in controls if control["type"] == 3):
        assert limits.length(select["placeholder"]) <= 150
        assert 1 <= len(select["options"]) <= 25
        values = [option["value"] for option in select["options"]]
        assert len(set(values)) == len(values)
        for option in select["options"]:
            assert 0 < limits.length(option["label"].strip()) <= 100
            assert 0 < limits.length(option.get("description", "-").strip()) <= 100
    panel.stop()


@given(st.lists(hostile.hits, min_size=1, max_size=3), st.integers(1, 25), audiences)
async def test_the_controls_of_results_are_legal(found: list[Hit], count: int, audience: Audience) -> None:
    hits = [
        replace(found[number % len(found)], listing=replace(found[number % len(found)].listing, id=number))
        for number in range(1, count + 1)
    ]
    results = Results(query="x", hits=tuple(hits))
    for page in range(-(-count // audience.choices.results)):
        await assert_legal(ResultsScreen(audience, NO_DESK, results, page))


@settings(max_examples=40)
@given(hostile.stories, hostile.related, hostile.many, hostile.hits, audiences)
async def test_the_controls_of_stories_are_legal_wherever_they_lead_from(
    story: Story, related: Related, reports: tuple[Listing, ...], hit: Hit, audience: Audience
) -> None:
    results = ResultsScreen(audience, NO_DESK, Results(query="x", hits=(hit,)))
    told = StoryScreen(audience, NO_DESK, story, "x")
    near = RelatedScreen(audience, NO_DESK, related)
    all_told = ReportsScreen(audience, NO_DESK, reports)
    for trail in (
        [told],
        [near],
        [results, told],
        [results, told, near],
        [results, near, told],
        [near, all_told, told],
    ):
        await assert_legal(*trail)


@given(st.lists(hostile.text, max_size=30), audiences)
async def test_the_nearest_words_are_legal_buttons(words: list[str], audience: Audience) -> None:
    nothing = NothingFound(query="x", example="y", suggestions=tuple(words))
    await assert_legal(NearestScreen(audience, NO_DESK, nothing))


async def test_only_so_many_panels_stay_alive_the_newest(
    channel: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "LIVE", 2)
    panel._panels.clear()
    for _ in range(2):
        await channel.say("!headline 1")
    tokens = list(panel._panels)
    assert panel.live_panel(tokens[0]) is not None
    await channel.say("!headline 1")
    assert panel.live_panel(tokens[0]) is None
    assert panel.live_panel(tokens[1]) is not None


async def test_a_panel_that_ended_is_gone_though_no_garbage_is_collected(
    loopback: Loopback, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panel, "LIVE", 1)
    panel._panels.clear()
    async with running(loopback, desk):
        gc.disable()
        try:
            await loopback.says("!news whales")
            await loopback.until(lambda: loopback.world.posted)
            (first,) = panel._panels.valuerefs()
            assert first() is not None
            await loopback.says("!news whales", user=77)
            await loopback.until(lambda: first() is None)
        finally:
            gc.enable()
