from collections import Counter

from bot.article import Role
from bot.pages import parse_text, read_page
from tests.corpus import Sample, samples

_LANGUAGES = {"en", "es", "fr", "de", "pt", "it", "ar", "ru", "hi"}


def test_every_page_is_read_as_its_margin_says() -> None:
    faults = [
        f"{sample.name}: {fault}"
        for sample in samples()
        for fault in sample.faults(read_page(f"{sample.name}.txt", sample.data))
    ]
    kinds = Counter(fault.split(": ")[1] for fault in faults)
    assert not faults, "\n".join([f"{dict(kinds)}", *faults])


def test_every_block_has_a_role_and_a_reason() -> None:
    for sample in samples():
        page = read_page(f"{sample.name}.txt", sample.data)
        assert all(block.why for block in page.blocks), sample.name
        story = sum(block.role in {Role.STANDFIRST, Role.PARAGRAPH} for block in page.blocks)
        assert story == len(sample.story), sample.name


def test_there_are_pages_of_many_kinds() -> None:
    pages = samples()
    assert len(pages) >= 60
    assert {sample.name.split("-")[0] for sample in pages} >= _LANGUAGES
    assert len({sample.particulars.get("encoding", "utf-8") for sample in pages}) >= 8


def _without(sample: Sample, text: str) -> str:
    return "\n\n".join([sample.headline, *(other for other in sample.story if other != text)])


def test_both_kinds_of_error_would_be_counted() -> None:
    sample = next(sample for sample in samples() if sample.name == "en-form-repeated-standfirst")
    lost = parse_text(_without(sample, sample.story[-1]))
    assert f"lost: {sample.story[-1]}" in list(sample.faults(lost))
    foreign = parse_text("\n\n".join([sample.headline, *sample.story, "A sentence of another page."]))
    assert "foreign: A sentence of another page." in list(sample.faults(foreign))
