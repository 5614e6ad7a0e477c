import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sentences import sentences
from bot.text import squeeze


@pytest.mark.parametrize(
    "expected",
    [
        ["He left.", "She stayed."],
        ["Was it?", "Yes!", "It was."],
        ["Yahoo! shares rose.", "Others fell."],
        ["A Jeopardy! host has died.", "He was 80."],
        ["Lt. Col. Smith spoke.", "He left."],
        ["Mr. and Mrs. Jones met Sen. Smith and Gov. Brown.", "They talked."],
        ["Mme. Le Pen met M. Macron.", "Nothing came of it."],
        ["The two spoke of the U.S.", "His answer was short."],
        ["They moved to the U.S.", "His wife stayed."],
        ["They moved to the U.S. in May.", "The U.S. Army said so."],
        ["He met U.S. President George W. Bush.", "J. K. Rowling was there."],
        ["No. 5 fell, and item no. 7 rose by 3.5 percent.", "Nobody knew why."],
        ["Apple Inc. rose.", "So did Toyota Motor Corp. in Tokyo."],
        ["They voted at 5 p.m. on Jan. 5.", "By 9 p.m. it was over."],
        ["The talks end Dec. 3, 2019.", "It was cold."],
        ["He waited...", "Then he left."],
        ["He said… nothing.", "She agreed."],
        ["“We agree. We go.”", "He left."],
        ["“We agree. We go,” he said.", "Then he left."],
        ['"We agree. We go."', "He left."],
        ["He asked “Why?” and left.", "“Why?” he asked."],
        ["The firm (based in Leeds. It had moved.) closed.", "Nobody noticed."],
        ["“This one is never closed.", "It goes on in the next paragraph."],
        ["The y.m.c.a. members came.", "iPhone sales fell.", "eBay rose."],
        ["1. The first item.", "2. The second item."],
        ["Он приехал в среду.", "Его ждали."],
    ],
)
def test_news_prose_is_split_where_sentences_end(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize("text", ["", " ", "\n\u00a0", "No full stop", "…", "." * 50, "“", ")("])
def test_little_text_is_one_sentence_or_none(text: str) -> None:
    assert " ".join(sentences(text)) == squeeze(text)


def test_a_long_speech_is_split_although_it_is_quoted() -> None:
    speech = "“" + "We shall not stay here for long. " * 20 + "”"
    assert len(sentences(speech)) > 10


_PROSE = st.lists(
    st.sampled_from(
        "He She left. stayed! Why? “We go.” U.S. Lt. Col. No. 5 Jan. ( ) [ ] « » \" ' ” Yahoo! … ... 3.5 iPhone a.m. \u00a0 \n Ü. 日本。".split(
            " "
        )
    ),
    max_size=60,
).map(" ".join)


@given(st.one_of(st.text(max_size=300), _PROSE))
def test_nothing_is_lost(text: str) -> None:
    found = sentences(text)
    assert " ".join(found) == squeeze(text)
    assert all(found)
