import re

import pytest

from bot.pages.boilerplate import Boilerplate, boilerplate
from bot.pages.furniture import furniture
from bot.pages.names import read_byline
from bot.pages.particulars import read_particulars
from bot.pages.wording import languages, phrases

_SECTIONS = (
    *("introducing", "line", "pointer", "prompt", "byline", "published", "updated", "source", "ago"),
    *("caption", "more", "date", "and", "house", "post", "said"),
)
# Language, then what introduces other stories, a line, a pointer, a prompt, a byline.
_SPOKEN = [
    ("en", "Most read", "Share this article", "Also read: Ferry runs again", "Sign up for our newsletter."),
    ("es", "Lo más leído", "Publicidad", "Lea también: El barco zarpa", "Suscríbete a nuestro boletín."),
    ("fr", "À lire aussi", "Publicité", "Lire aussi : Le bac repart", "Abonnez-vous à notre newsletter !"),
    ("de", "Mehr zum Thema", "Anzeige", "Lesen Sie auch: Fähre fährt", "Abonnieren Sie unseren Newsletter!"),
    ("pt", "Leia também", "Publicidade", "Leia mais: Barco parte", "Assine a nossa newsletter."),
    ("it", "Leggi anche", "Pubblicità", "Leggi anche: La nave parte", "Iscriviti alla nostra newsletter!"),
    ("ar", "اقرأ أيضاً", "إعلان", "اقرأ أيضا: العبارة تعود", "اشترك في نشرتنا البريدية."),
    ("ru", "Читайте также", "Реклама", "Читайте также: Паром вышел", "Подпишитесь на наш канал в Telegram."),
    ("hi", "यह भी पढ़ें", "विज्ञापन", "यह भी पढ़ें: नाव चली", "हमारे न्यूज़लेटर को सब्सक्राइब करें।"),
    ("nl", "Lees ook", "Advertentie", "Lees ook: Veerboot vaart", "Schrijf je in voor onze nieuwsbrief!"),
    ("tr", "İlgili haberler", "Reklam", "İlgili haber: Vapur kalktı", "Bültenimize hemen abone olun."),
    ("pl", "Czytaj także", "Reklama", "Czytaj też: Prom płynie", "Zapisz się na nasz newsletter!"),
    ("zh", "相关新闻", "广告", "相关阅读：渡轮恢复通航", "订阅我们的电子报。"),
    ("ja", "関連記事", "広告", "関連記事：フェリーが再開", "ニュースレターに登録する。"),
]


@pytest.mark.parametrize(("language", "introducing", "line", "pointer", "prompt"), _SPOKEN)
def test_sites_are_understood_in_their_language(
    language: str, introducing: str, line: str, pointer: str, prompt: str
) -> None:
    found = [boilerplate(text) for text in (introducing, line, pointer, prompt)]
    assert found == list(Boilerplate), language
    assert boilerplate(introducing.upper()) is Boilerplate.INTRODUCING
    assert boilerplate(f"» {introducing}:") is Boilerplate.INTRODUCING


def test_each_language_has_a_table_of_its_own() -> None:
    assert {language for language, *_ in _SPOKEN} == set(languages())


@pytest.mark.parametrize("section", _SECTIONS)
def test_phrases_are_expressions_that_capture_nothing(section: str) -> None:
    assert len(phrases(section)) >= len(languages())
    for phrase in phrases(section):
        compiled = re.compile(phrase)
        assert compiled.groups == 0, phrase
        assert not compiled.fullmatch(""), phrase


@pytest.mark.parametrize(
    "sentence",
    [
        "Newsletter readers knew it first.",
        "Sign up or go, they were told.",
        "“Subscribe to our newsletter,” the leaflet said, and nobody did.",
        "Follow us, the firemen said.",
        "The report was first published in a journal for engineers.",
        "This story of a ferry was first told by its captain.",
        "Support us and we will build it again, he promised.",
        "Watch: nobody will pay.",
        "In this picture of calm nothing tells of the work.",
        "Photos by the ministry show a burnt-out ship.",
        "Follow our lead and nothing will happen to you, the minister told them.",
        "Subscribe to the view that news is free and you will get none, he said.",
        "Suscríbanse a nuestro plan y recibirán noticias, dijo el alcalde.",
        "Abonnez-vous à nos rêves, a dit le poète.",
        "Please allow the ferry to pass, the captain asked.",
        "Share this bread with me, the eldest said.",
        "El boletín de la isla llegó tarde.",
        "Más noticias no había.",
        "Publicidad engañosa, dijo el juez.",
        "La publicité ne paie plus le journal.",
        "Lire aussi lentement demande du temps.",
        "Newsletter nach Newsletter hatte davon berichtet.",
        "Mehr zum Thema sagte der Minister nicht.",
        "Anzeige erstattete niemand.",
        "Leia devagar, pediu a professora.",
        "La pubblicità non paga più il giornale.",
        "Читайте медленно, попросила учительница.",
        "Реклама больше не кормит газету.",
        "إعلان النتائج يتأخر كل مرة.",
        "विज्ञापन से अब अख़बार नहीं चलता।",
        "广告已经养不活报纸。",
        "広告だけでは新聞は続かない。",
    ],
)
def test_sentences_that_begin_like_boilerplate_are_none(sentence: str) -> None:
    assert furniture(sentence) is None


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Por Ana Pérez y Luis Gómez", ("Ana Pérez", "Luis Gómez")),
        ("Por José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("Par Jeanne Martin et Paul Roux", ("Jeanne Martin", "Paul Roux")),
        ("Von Anna von der Heide", ("Anna von der Heide",)),
        ("di Anna Rossi", ("Anna Rossi",)),
        ("Автор: Анна Иванова", ("Анна Иванова",)),
        ("بقلم: أحمد علي", ("أحمد علي",)),
        ("लेखक: अनिल शर्मा", ("अनिल शर्मा",)),
        ("记者：李明", ("李明",)),
        ("By Jane Roe, AFP", ("Jane Roe",)),
    ],
)
def test_bylines_are_read_in_other_languages(line: str, names: tuple[str, ...]) -> None:
    byline = read_byline(line)
    assert byline is not None
    assert byline.names == names


@pytest.mark.parametrize(
    "line", ["Por fin", "Von hier aus", "Di nuovo in mare", "Par ici la sortie", "By now"]
)
def test_words_that_begin_like_a_byline_are_none(line: str) -> None:
    assert read_byline(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "Publicado el 3 de marzo de 2019",
        "Publié le 3 mars 2019 par Jeanne Martin",
        "Veröffentlicht am 3. März 2019",
        "Stand: 03.03.2019",
        "Publicado em 3 de março de 2019",
        "Pubblicato il 3 marzo 2019",
        "نشر في 3 مارس 2019",
        "Опубликовано: 3 марта 2019 г.",
        "प्रकाशित: 3 मार्च 2019",
        "Mis à jour le 3 mars 2019",
        "发布时间：2019-03-03",
    ],
)
def test_labels_of_dates_are_read_in_other_languages(line: str) -> None:
    found = read_particulars(line)
    assert found is not None
    day = found.published or found.updated
    assert day is not None
    assert day.isoformat() == "2019-03-03T00:00:00+00:00"


@pytest.mark.parametrize(
    "line",
    [
        "hace 3 horas",
        "il y a 2 heures",
        "vor 5 Minuten",
        "5 ore fa",
        "2 часа назад",
        "منذ 3 ساعات",
        "3 घंटे पहले",
    ],
)
def test_times_ago_are_seen(line: str) -> None:
    assert read_particulars(line) is not None


@pytest.mark.parametrize(
    "line", ["Foto: EFE", "Photo : AFP", "Bild: dpa", "Фото: ТАСС", "صورة: رويترز", "फोटो: पीटीआई"]
)
def test_captions_are_seen(line: str) -> None:
    assert furniture(line) is not None
