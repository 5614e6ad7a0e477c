"""The shipped demo articles: all faults at once."""

import re
from pathlib import Path

from bot.article import Kind, Role
from bot.desk import Desk
from bot.pages import read_page
from bot.search import parse_query
from bot.settings import Settings

SEEDS = Path(__file__).parent.parent / "seeds"


def test_every_seed_is_read_as_it_was_meant() -> None:
    faults: list[str] = []
    headlines: set[str] = set()
    files = sorted(SEEDS.glob("*.txt"))
    for file in files:
        raw = file.read_text(encoding="utf-8")
        blocks = raw.strip().split("\n\n")
        page = read_page(file.name, file.read_bytes())

        def check(fine: bool, fault: str, name: str = file.name) -> None:
            if not fine:
                faults.append(f"{name}: {fault}")

        boundary = blocks.index("Newsletter")
        teasers = blocks[boundary + 1 :]
        check(page.headline == blocks[0], "another headline")
        check(page.standfirst == blocks[1], "another standfirst")
        check(page.source == "Newsdesk Demo", f"source {page.source}")
        check(page.published is not None, "no date")
        body = [block for block in blocks[3:boundary] if block != blocks[1]]
        check(list(page.paragraphs) == body, "other paragraphs")
        check([t.headline for t in page.teasers] == teasers[::2], "other teasers")
        check([t.text for t in page.teasers] == teasers[1::2], "other texts of teasers")
        check([block.text for block in page.blocks] == blocks, "blocks are missing")
        check(all(block.role for block in page.blocks), "blocks without a role")
        check(
            any(block.role is Role.BOILERPLATE for block in page.blocks), "the boilerplate line was not seen"
        )
        words = len(re.findall(r"\w+", " ".join(blocks[:boundary])))
        check(120 <= words <= 400, f"{words} words")
        check(page.headline not in headlines, "a headline used twice")
        headlines.add(page.headline)
    assert faults == []
    assert len(files) >= 40


async def test_the_seeds_tease_each_other_and_stories_that_are_not_there(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, seeds_dir=SEEDS)
    async with Desk.open(settings) as desk:
        counted = (await desk.stats()).store
        assert counted.articles == len(list(SEEDS.glob("*.txt")))
        assert counted.stubs == 12
        assert counted.sources == 1
        six = (await desk.story(1)).teased
        assert len(six) == 6
        assert {listing.kind for listing in six} == {Kind.ARTICLE}
        before = await desk.store.position()
    async with Desk.open(settings) as desk:
        assert await desk.store.position() == before, "a second start changed the store"


async def test_the_questions_of_the_readme_are_answered_from_the_seeds(tmp_path: Path) -> None:
    async with Desk.open(Settings(data_dir=tmp_path, seeds_dir=SEEDS)) as desk:
        syria = [hit.listing.headline for hit in (await desk.search(parse_query("Syria"))).hits]
        assert syria[:2]
        assert all("Syria" in headline for headline in syria[:2])
        typo = await desk.search(parse_query("Siria"))
        assert [hit.listing.headline for hit in typo.hits][:2] == syria[:2]
        assert [(c.typed, c.read) for c in typo.corrections] == [("Siria", "Syria")]
        putin = await desk.search(parse_query("Putin"))
        assert putin.hits[0].where == "text"
        assert putin.corrections == ()
        quake = await desk.search(parse_query("quake Cuba"))
        assert "Cuba" in quake.hits[0].listing.headline
        nothing = await desk.search(parse_query("zzyzx qwvk"))
        assert nothing.hits == ()
