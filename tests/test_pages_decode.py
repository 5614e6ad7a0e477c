import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotText
from bot.pages.decode import decode
from bot.text import clean

_ENGLISH = "Israel’s “red line” – the café was closed."
_RUSSIAN = (
    "Премьер-министр посетил Москву в среду и встретился с президентом. О чём они говорили, пока не"
    " сообщается. Следующая встреча намечена на лето."
)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (_ENGLISH, "utf-8"),
        (_ENGLISH, "utf-8-sig"),
        (_ENGLISH, "utf-16"),
        (_ENGLISH, "utf-32"),
        (_ENGLISH, "cp1252"),
        ("Café reopens", "cp1252"),
        ("Le président a déclaré à l’Assemblée que l’été sera très chaud.", "cp1252"),
        ("Er fährt nach Köln und Übermorgen nach München.", "latin-1"),
        (_RUSSIAN, "utf-8"),
        (_RUSSIAN, "cp1251"),
        (_RUSSIAN, "koi8-r"),
        ("首相は日曜日にモスクワを訪問し、大統領と会談した。両国は協力することで合意した。", "shift_jis"),
        ("", "utf-8"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_saved_in(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("text", "encodings"),
    [
        ("Żółta łódź wróciła do Świnoujścia", ["cp1250"]),
        ("Statek wrócił w środę, bez źródła zasilania.", ["cp1250", "iso8859-2"]),
        ("Vláda schválila nový zákon o dani z příjmů.", ["cp1250"]),
        ("A hajó szerdán indult, közölte a szóvivő. Őszre várják vissza.", ["cp1250"]),
        ("Паром снова ходит", ["cp1251", "koi8-r"]),
        ("Паром отправился в среду после трёх дней льда.", ["cp1251", "koi8-r"]),
        ("Пором вирушив у середу, повідомили її власники.", ["cp1251"]),
        ("Το πλοίο έφυγε ξανά", ["cp1253", "iso8859-7"]),
        ("Üç gün sonra vapur yeniden çalışıyor", ["cp1254"]),
        ("המעבורת הפליגה שוב ביום רביעי אחרי שלושה ימים.", ["cp1255"]),
        ("عادت العبارة إلى العمل", ["cp1256"]),
        ("Prāmis trešdien atsāka kursēt, ziņo aģentūra.", ["cp1257"]),
        ("フェリーが再開した。", ["shift_jis", "euc-jp"]),
        ("渡轮恢复通航", ["gb18030"]),
        ("渡輪恢復通航，船長說。", ["big5"]),
        ("여객선 운항 재개", ["euc-kr"]),
        ("Það var ís á sundinu, sagði skipstjórinn.", ["cp1252"]),
        ("Færgen sejler igen efter tre dages is på sundet", ["cp1252"]),
    ],
)
def test_a_line_is_enough_to_tell_its_encoding(text: str, encodings: list[str]) -> None:
    assert {encoding: decode(text.encode(encoding)) for encoding in encodings} == dict.fromkeys(
        encodings, text
    )


@pytest.mark.parametrize("mark", [b"\xfe\xff", b"\xff\xfe"])
def test_utf_16_of_either_order_is_read(mark: bytes) -> None:
    order = "utf-16-be" if mark == b"\xfe\xff" else "utf-16-le"
    assert decode(mark + _ENGLISH.encode(order)) == _ENGLISH


@pytest.mark.parametrize(
    "data",
    [
        b"A page\0with a NUL",
        "no mark".encode("utf-16-le"),
        b"\xff\xfeodd",
        b"%PDF-1.4\n1 0 obj",
        b"{\\rtf1 text}",
        b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(2000).replace(b"\0", b""),
        random.Random(2).randbytes(300).replace(b"\0", b""),
        bytes(range(1, 32)) * 4,
    ],
)
def test_binary_data_is_no_text(data: bytes) -> None:
    with pytest.raises(NotText):
        decode(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_not(data: bytes) -> None:
    with contextlib.suppress(NotText):
        assert "\0" not in decode(data)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u00a0b\u2009 c\t\n\r\nd", "a b c d"),
        ("\ufeffso\u00adft \u200bhyphen\u2060s\u200e", "soft hyphens"),
        ("a\u200db", "ab"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀 lands", "👩\u200d🚀 lands"),
        ("bell\x07 \x1b[0m", "bell [0m"),
        (" ", ""),
    ],
)
def test_what_cannot_be_seen_is_taken_out(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text(alphabet=st.sampled_from("aé \u200b\u200c\u200d\ufeff\u00ad\u00a0\u3000人"), max_size=30))
def test_clean_text_stays_as_it_is(text: str) -> None:
    assert clean(clean(text)) == clean(text)
