"""A reader in a real browser: asks, turns the page, reads a story, and sees what is related to it."""

import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from PIL import Image

ROOT = Path(__file__).parents[2]
STORIES = Path(__file__).parent / "stories.jsonl"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Inside containers Chromium may not make a sandbox of its own, and there is no graphics card.
FLAGS = ("--no-sandbox", "--disable-gpu")
PHONE = {"width": 412, "height": 1000}
"""Pixels of CSS: the width of a usual phone, and the height of the longest answer."""
SHARPNESS = 2
"""Pixels of a picture for each of CSS."""
MARGIN = 12
"""Pixels of CSS that a picture shows below an answer."""
ASIDE = """
    .messages-sidebar, .message-context-actions { display: none }
    .channel-composer { visibility: hidden }
"""
"""What the page around it lays over a message: a closed drawer's shadow, what a pointer brings up, the box below."""
COLOURS = 64
"""What a palette needs for letters on a dark ground: an eighth of the bytes of all colours."""
PATIENCE = 30_000
"""Milliseconds for what takes a moment, on a machine that is busy with other things."""

READY = "window.simcordPreview?.ready && window.simcordPreview.lastAction"
"""Whether simcord's page takes what is done next: while it waits for its server it drops it. Its first act, fitting
itself into the window, is its own."""

HEADLINE = "Syria reopens the railway between Aleppo and Damascus"
LEAD = "Trains run between Syria's two largest cities again"

Page: TypeAlias = Any
"""A page of playwright, which is imported only where it is installed."""
Keep: TypeAlias = Callable[[str, Any], None]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Start the preview as a user does, over the shipped pages and some stories more."""
    newsdesk = [sys.executable, "-m", "bot"]
    environment = os.environ | {
        "NEWSDESK_DATA_DIR": str(tmp_path / "data"),
        "NEWSDESK_SEEDS_DIR": str(ROOT / "seeds"),
    }
    subprocess.run([*newsdesk, "ingest", STORIES], env=environment, check=True, stdout=subprocess.DEVNULL)
    with subprocess.Popen(
        [*newsdesk, "preview"], env=environment, stdout=subprocess.PIPE, text=True
    ) as preview:
        assert preview.stdout is not None
        printed = preview.stdout.readline()
        try:
            found = re.search(r"http://127\.0\.0\.1:\S+", printed)
            assert found, f"no address in {printed!r}"
            yield found[0]
        finally:
            preview.terminate()


@pytest.fixture
def page() -> Iterator[Page]:
    """Open a page as wide as a phone in the browser of this system."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    playwright.expect.set_options(timeout=PATIENCE)
    with (
        playwright.sync_playwright() as running,
        running.chromium.launch(executable_path=browser, args=FLAGS) as chromium,
    ):
        # The page's own rules allow no style but its own: pictures need one more.
        page = chromium.new_page(viewport=PHONE, device_scale_factor=SHARPNESS, bypass_csp=True)
        page.set_default_timeout(PATIENCE)
        yield page


@pytest.fixture
def expect() -> Callable[[Any], Any]:
    found: Callable[[Any], Any] = pytest.importorskip("playwright.sync_api").expect
    return found


@pytest.fixture
def keep() -> Keep:
    """Keep a picture of what is seen, where PICTURES names a folder for them."""
    folder = os.environ.get("PICTURES")

    def kept(name: str, seen: Any) -> None:
        if folder is None:
            return
        box = seen.bounding_box()
        clip = box | {"height": box["height"] + MARGIN}
        taken = Image.open(io.BytesIO(seen.page.screenshot(clip=clip, style=ASIDE, animations="disabled")))
        few = taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(Path(folder) / f"{name}.png", optimize=True)

    return kept


def test_a_reader_asks_turns_the_page_reads_a_story_and_sees_what_is_related(
    page: Page, address: str, expect: Callable[[Any], Any], keep: Keep
) -> None:
    faults: list[Any] = []
    page.on("pageerror", lambda fault: faults.append(fault))  # noqa: PLW0108 - playwright wants a function of Python
    page.goto(address)
    messages = page.locator("#channel-message-list > article")
    expect(messages).to_have_count(2)

    page.wait_for_function(READY)
    box = page.get_by_role("textbox", name="Message", exact=True)
    box.fill("!news Syria")
    box.press("Enter")
    expect(messages).to_have_count(4)
    answer = messages.last
    back, onward = (answer.get_by_role("button", name=name, exact=True) for name in ("Back", "Next"))
    expect(answer).to_contain_text("News: Syria")
    expect(answer.locator("strong", has_text="Syria")).to_have_count(5)
    expect(answer.locator("strong", has_text=re.compile(r"^\d+\.$"))).to_have_text(
        [f"{n}." for n in range(1, 6)]
    )
    expect(answer).not_to_contain_text(HEADLINE)
    expect(back).to_be_disabled()
    keep("news", answer)

    page.wait_for_function(READY)
    onward.click()
    expect(answer.locator("strong", has_text=re.compile(r"^\d+\.$")).first).to_have_text("6.")
    expect(answer).to_contain_text(HEADLINE)
    expect(back).to_be_enabled()

    page.wait_for_function(READY)
    answer.get_by_role("combobox", name="Read a story…").click()
    page.get_by_role("option", name=HEADLINE).click()
    expect(answer).to_contain_text(LEAD)
    expect(answer).not_to_contain_text("News: Syria")
    expect(answer.get_by_role("combobox", name="On its page…")).to_be_visible()
    expect(answer.get_by_role("link", name="Read at northernpost.example")).to_have_attribute(
        "href", "https://northernpost.example/railway"
    )
    keep("story", answer)

    page.wait_for_function(READY)
    answer.get_by_role("button", name="Related", exact=True).click()
    expect(answer).to_contain_text("On the page")
    expect(answer).to_contain_text("Old railway stations look for a new use")
    expect(answer).to_contain_text("Similar")
    keep("related", answer)

    page.wait_for_function(READY)
    answer.get_by_role("button", name="Back to the results").click()
    expect(answer).to_contain_text("News: Syria")
    expect(back).to_be_enabled()
    expect(messages).to_have_count(4)
    assert not faults
