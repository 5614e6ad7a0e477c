"""The bot without Discord: the terminal's rendering, the demo, the browser page on loopback."""

import io
from pathlib import Path

import aiohttp
import pytest
from rich.console import Console

from bot.preview.browser import page
from bot.preview.demo import demo
from bot.preview.stage import Stage
from bot.preview.terminal import markdown, show

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("**bold** and *italic*", "bold and italic"),
        (r"\*not bold\* \[not a link\]", "*not bold* [not a link]"),
        (r"**2\*3** `7` `x`", "2*3 #7 x"),
        ("[a **bold** label](https://a.example/x)", "a bold label"),
        ("on <t:1551571200:D>", "on 3 March 2019"),
        ("*in <t:1551571200:D>*", "in 3 March 2019"),
        ("two\nlines", "two\nlines"),
    ],
)
def test_markdown_becomes_text(source: str, plain: str) -> None:
    assert markdown(source).plain == plain


async def test_a_conversation_is_printed_with_panels_and_buttons(channel: Stage) -> None:
    console = Console(file=io.StringIO(), width=80)
    show(console, "!headline 2", await channel.say("!headline 2"))
    show(console, "hello", await channel.say("hello"))
    printed = console.file.getvalue()  # type: ignore[attr-defined]  # the StringIO above
    for expected in (
        "Harbour bridge reopens",
        "Harbour Gazette · 4 May 2020",
        " Related ",
        "!related 2",
        "(no reply)",
    ):
        assert expected in printed


async def test_the_demo_answers_all_it_asks_and_says_the_same_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("NEWSDESK_DATA_DIR", str(tmp_path))
    printed = []
    for _ in range(2):
        console = Console(file=io.StringIO(), width=80)
        assert await demo(console)
        printed.append(console.file.getvalue())  # type: ignore[attr-defined]  # the StringIO above
    assert printed[0] == printed[1]
    assert "Newsdesk Demo · 3 March 2019" in printed[0]


async def test_the_demo_fails_where_nothing_can_be_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NEWSDESK_DATA_DIR", str(tmp_path))
    assert not await demo(Console(file=io.StringIO()))


async def test_the_browser_page_is_served_on_loopback(channel: Stage) -> None:
    async with page(channel) as served, aiohttp.ClientSession() as session:
        assert served.url.startswith("http://127.0.0.1:")
        async with session.get(served.url.split("#")[0]) as answer:
            assert answer.status == 200
            assert "html" in (await answer.text()).lower()
        snapshot = await served.snapshot()
    assert "!help" in str(snapshot)
