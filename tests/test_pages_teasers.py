import pytest

from bot.article import Page, Role
from bot.pages import parse_text

_STORY = [
    "Ferry runs again after three days of ice",
    "The ferry to the northern islands left on Wednesday, the first crossing since the strait froze over.",
    "It carried flour, milk and medicines. Nobody had been to the islands for three days, and nobody had left.",
    "The next one is planned for Friday, if the wind does not turn again, the captain said.",
]
_HEADLINES = [
    "Lighthouse keeper finds message in a bottle from 1934",
    "Harbour town votes to keep its old crane",
    "Three countries claim the same strip of sea floor",
    "Whales come closer to the coast than ever before",
]
_TEXTS = [
    "A bottle that was thrown into the sea eighty-nine years ago has reached the lighthouse of Cape North. Its ke",
    "The crane that has stood over the harbour since 1911 will stay where it is, its mayor said on Sunday after a",
    "None of them can say exactly where it lies. A court in Hamburg will have to decide, and judges have asked fo",
    "Pods of up to sixty animals were counted in May within sight of the beach. Biologists of the university beli",
]
_CUT = [f"{text}..." for text in _TEXTS]
_WHOLE = [f"{text.partition('. ')[0].removesuffix('.')}." for text in _TEXTS]


def pairs(headlines: list[str], texts: list[str]) -> list[str]:
    return [block for pair in zip(headlines, texts, strict=True) for block in pair]


def read(*tail: str) -> Page:
    return parse_text("\n\n".join([*_STORY, *tail]))


def teased(page: Page) -> list[tuple[str, str | None]]:
    return [(teaser.headline, teaser.text) for teaser in page.teasers]


def story_is_whole(page: Page) -> bool:
    return (page.headline, page.standfirst, *page.paragraphs) == tuple(_STORY)


@pytest.mark.parametrize(
    "above",
    [
        ["Newsletter"],
        ["NEWSLETTER"],
        ["Most Read"],
        ["Related stories:"],
        ["More from World"],
        ["You may also like"],
        ["Trending now"],
        ["Read more..."],
        ["Newsletter", "Get the best of our stories every morning."],
        ["Newsletter", "Most read"],
        ["Share this article", "Advertisement"],
        ["Mehr zum Thema"],
        ["Plus de lecture"],
        [],
    ],
)
@pytest.mark.parametrize("count", [2, 4])
@pytest.mark.parametrize("ellipsis", ["...", "…", " [...]", "... Read more"])
def test_pairs_cut_short_are_teasers_whatever_stands_above_them(
    above: list[str], count: int, ellipsis: str
) -> None:
    texts = [text + ellipsis for text in _TEXTS[:count]]
    page = read(*above, *pairs(_HEADLINES[:count], texts))
    assert teased(page) == list(zip(_HEADLINES, texts, strict=False))
    assert story_is_whole(page)
    assert [block.role for block in page.blocks][4 : 4 + len(above)] == [Role.BOILERPLATE] * len(above)


@pytest.mark.parametrize("above", [["Newsletter"], ["Mehr zum Thema"], []])
def test_one_pair_is_enough(above: list[str]) -> None:
    page = read(*above, _HEADLINES[0], _CUT[0])
    assert teased(page) == [(_HEADLINES[0], _CUT[0])]
    assert story_is_whole(page)


@pytest.mark.parametrize("above", [["Most read"], ["Mehr zum Thema"], []])
def test_headlines_alone_are_teasers(above: list[str]) -> None:
    page = read(*above, *_HEADLINES)
    assert teased(page) == [(headline, None) for headline in _HEADLINES]
    assert story_is_whole(page)


@pytest.mark.parametrize("above", [["Most read"], ["Mehr zum Thema"], []])
def test_pairs_with_whole_sentences_are_teasers(above: list[str]) -> None:
    page = read(*above, *pairs(_HEADLINES, _WHOLE))
    assert teased(page) == list(zip(_HEADLINES, _WHOLE, strict=True))
    assert story_is_whole(page)


@pytest.mark.parametrize("above", [["Newsletter"], []])
def test_pairs_of_both_kinds_are_teasers(above: list[str]) -> None:
    texts = [_WHOLE[0], _CUT[1], _WHOLE[2], _CUT[3]]
    page = read(*above, *pairs(_HEADLINES, texts))
    assert teased(page) == list(zip(_HEADLINES, texts, strict=True))
    assert story_is_whole(page)


@pytest.mark.parametrize(
    "headline",
    [
        "Who owns the sea floor?",
        "Watch: the old crane moves for the last time!",
        "Court rules on the sea floor in the U.S.",
        "The sea floor has three owners. That is two too many.",
        "Whales come closer to the coast than...",
    ],
)
@pytest.mark.parametrize("above", [["Newsletter"], []])
def test_headlines_may_end_in_other_ways(above: list[str], headline: str) -> None:
    headlines = [_HEADLINES[0], headline, _HEADLINES[2]]
    page = read(*above, *pairs(headlines, _CUT[:3]))
    assert [teaser.headline for teaser in page.teasers] == headlines
    assert story_is_whole(page)


def test_several_lists_are_read_in_their_order() -> None:
    page = read("Newsletter", *pairs(_HEADLINES[:2], _CUT[:2]), "Most read", *_HEADLINES[2:])
    assert [teaser.headline for teaser in page.teasers] == _HEADLINES
    assert story_is_whole(page)


def test_what_follows_the_teasers_is_neither_story_nor_teaser() -> None:
    page = read(*pairs(_HEADLINES, _CUT), "Share this article", "© 2019 Example News. All rights reserved.")
    assert len(page.teasers) == 4
    assert story_is_whole(page)


def test_a_list_inside_the_story_is_taken_out_of_it() -> None:
    blocks = [*_STORY[:3], "Related", *pairs(_HEADLINES[:2], _CUT[:2]), _STORY[3], "It was dark by then."]
    page = parse_text("\n\n".join(blocks))
    assert len(page.teasers) == 2
    assert page.paragraphs == (*_STORY[2:], "It was dark by then.")


def test_a_headline_alone_below_related_is_a_teaser_inside_the_story() -> None:
    blocks = [*_STORY[:3], "Related", _HEADLINES[0], _STORY[3], "It was dark by then."]
    page = parse_text("\n\n".join(blocks))
    assert teased(page) == [(_HEADLINES[0], None)]
    assert page.paragraphs == (*_STORY[2:], "It was dark by then.")


def test_bullets_and_numbers_are_no_part_of_a_headline() -> None:
    page = read("Most read", *(f"{nth}. {headline}" for nth, headline in enumerate(_HEADLINES, start=1)))
    assert [teaser.headline for teaser in page.teasers] == _HEADLINES


def test_dates_and_addresses_between_teasers_are_theirs() -> None:
    blocks = [
        block
        for headline, text in zip(_HEADLINES, _CUT, strict=True)
        for block in (headline, "3 March 2019", text, f"https://example.org/{len(headline)}")
    ]
    page = read("Newsletter", *blocks)
    assert teased(page) == list(zip(_HEADLINES, _CUT, strict=True))
    assert [teaser.url for teaser in page.teasers] == [f"https://example.org/{len(h)}" for h in _HEADLINES]
    assert (page.published, page.url) == (None, None)


def test_an_address_at_the_very_end_is_the_pages_own() -> None:
    page = read("Newsletter", *pairs(_HEADLINES, _CUT), "https://example.org/own")
    assert page.url == "https://example.org/own"
    assert all(teaser.url is None for teaser in page.teasers)


def test_a_pair_in_one_block_is_two() -> None:
    page = read("Newsletter", *(f"{h}\n{t}" for h, t in zip(_HEADLINES, _CUT, strict=True)))
    assert teased(page) == list(zip(_HEADLINES, _CUT, strict=True))


@pytest.mark.parametrize(
    "tail",
    [
        ["What happens next", "The wind will turn on Friday.", "Nobody knows what comes then."],
        ["Bad weather", "The wind will turn.", "More ice", "It will freeze.", "No wine", "None is left."],
        ["More ice", "And then there was silence..."],
        ["The captain will sail again on Friday"],
        [
            "Will the ferry sail again on Friday?",
            "It will.",
            "Who pays for the ice?",
            "The county.",
            "Why?",
            "So.",
        ],
        ["The ship carries:", "Forty sacks of best white flour", "Ninety crates of fresh cow's milk"],
        ["And then there was silence...", "It was dark."],
        ["Will it freeze again?", "Only time will tell..."],
        ["It was dark.", "Nobody spoke...", "Nobody moved...", "Nobody slept..."],
    ],
)
def test_a_story_told_in_sections_or_short_lines_is_no_list(tail: list[str]) -> None:
    page = read(*tail)
    assert page.teasers == ()
    subheadings = [block.text for block in page.blocks if block.role is Role.SUBHEADING]
    assert (*page.paragraphs, *subheadings) == (
        *_STORY[2:],
        *(block for block in tail if block not in subheadings),
        *subheadings,
    )


@pytest.mark.parametrize(
    "end",
    [
        ["Will they come back?", "Only time will tell..."],
        ["The long way home", "And then there was silence..."],
        ["He did not elaborate."],
        ["“Nobody knows how this ends…”"],
    ],
)
@pytest.mark.parametrize("above", [["Newsletter"], []])
def test_the_storys_own_end_is_no_teaser(above: list[str], end: list[str]) -> None:
    page = read(*end, *above, *pairs(_HEADLINES, _CUT))
    assert [teaser.headline for teaser in page.teasers] == _HEADLINES
    assert page.paragraphs[-1] == end[-1]


def test_a_line_of_boilerplate_inside_the_story_opens_no_list() -> None:
    blocks = [
        *_STORY[:3],
        "Newsletter",
        "More food, less wine",
        _STORY[3],
        "It was dark by then.",
        "It was cold.",
    ]
    page = parse_text("\n\n".join(blocks))
    assert page.teasers == ()
    assert page.paragraphs == (*_STORY[2:], "It was dark by then.", "It was cold.")


def test_a_headline_with_teasers_alone_is_a_page() -> None:
    page = parse_text("\n\n".join([_STORY[0], "Newsletter", *pairs(_HEADLINES, _CUT)]))
    assert (page.standfirst, page.paragraphs, len(page.teasers)) == (None, (), 4)
    cut = parse_text(f"{_STORY[0]}\n\n{_CUT[0]}")
    assert (cut.standfirst, cut.teasers) == (_CUT[0], ())
