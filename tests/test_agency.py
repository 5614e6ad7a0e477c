import pytest

from bot.agency import ends_in_credit, split_dateline


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("JERUSALEM (Reuters) - ", "Reuters"),
        ("Jerusalem (AFP) – ", "AFP"),
        ("TEL AVIV, Israel (AP) — ", "AP"),
        ("WASHINGTON/MOSCOW (Reuters) - ", "Reuters"),
        ("WASHINGTON, March 3 (Reuters) - ", "Reuters"),
        ("March 3 (Reuters) - ", "Reuters"),
        ("(Reuters) - ", "Reuters"),
        ("New Delhi, March 3 (PTI) ", "PTI"),
        ("GENEVA (Example Wire) - ", "Example Wire"),
        ("PARIS — ", None),
        ("KABUL, Afghanistan — ", None),
        ("LONDON, March 3 - ", None),
        ("NEW DELHI: ", None),
        ("MADRID, 3 de marzo (EFE) - ", "EFE"),
        ("Bogotá, 3 mar (EFE).- ", "EFE"),
        ("Paris (AFP) – ", "AFP"),
        ("Köln, 3. März (dpa) – ", "dpa"),
        ("МОСКВА, 3 мар — РИА Новости. ", "РИА Новости"),
        ("МОСКВА, 3 марта. /ТАСС/. ", "ТАСС"),
        ("القاهرة (رويترز) - ", "رويترز"),
        ("नई दिल्ली, 3 मार्च (भाषा) ", "भाषा"),
    ],
)
def test_datelines_are_parted_from_their_sentence(dateline: str, agency: str | None) -> None:
    assert split_dateline(f"{dateline}Two ministers met.") == (agency, "Two ministers met.")
    assert split_dateline(f"{dateline}“We met,” they said.").rest == "“We met,” they said."


@pytest.mark.parametrize(
    "text",
    [
        "NASA — the American space agency — said so.",
        "US - Russia talks have begun.",
        "FBI: the suspect had a gun.",
        "He (Smith) - The man was at home.",
        "Paris (the city) is old.",
        "A sentence — The next one.",
        "Das Schiff — Die Fähre.",
        "Он ушёл — Она осталась.",
        "",
    ],
)
def test_what_is_no_dateline_stays(text: str) -> None:
    assert split_dateline(text) == (None, text)


@pytest.mark.parametrize(
    "text",
    [
        "The two men in Moscow. REUTERS/Jane Roe",
        "The two men in Moscow (AP Photo/Jane Roe)",
        "The two men in Moscow. (File photo)",
        "The two men in Moscow. (Jane Roe/Reuters)",
        "The two men in Moscow. [Image: Ministry of Defence]",
        "The two men in Moscow. | Photo Credit: AP",
        "The two men in Moscow. Photo: Reuters",
        "The two men in Moscow, Getty Images",
        "© AFP",
    ],
)
def test_credits_are_seen(text: str) -> None:
    assert ends_in_credit(text)


@pytest.mark.parametrize(
    "text",
    [
        "He left. (Reuters)",
        "Families would lose their child benefit (tax credit).",
        "He stood beside his wife, Jane (pictured).",
        "He took a picture.",
        "They were shown a file photo of the man.",
        "The report said so (see file 3).",
    ],
)
def test_sentences_are_no_credits(text: str) -> None:
    assert not ends_in_credit(text)
