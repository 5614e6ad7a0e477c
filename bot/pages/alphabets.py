"""How odd a text would be in any language: what tells two readings of the same bytes apart."""

import re

# The letters beyond a to z of the languages that share encodings with others. Whole scripts need no list.
_ALPHABETS = tuple(
    frozenset(letters + letters.upper())
    for letters in (
        *("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţșț", "čćđšž", "äëç"),
        *("çğıiöşüâîûİ", "áðéíóúýþæö", "āčēģīķļņšūž", "ąčęėįšųūž", "äöõüšž", "àâæçéèêëîïôœùûüÿ", "äöüß"),
        *("áéíñóúü", "áâãàçéêíóôõú", "àéèìíîòóùú", "åäöé", "æøåé", "éëïóöüèá"),
        *("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
        *("абвгдђежзијклљмнњопрстћуфхцчџш", "абвгдеёжзійклмнопрстуўфхцчшыьэюя"),
    )
)
_ALPHABETIC = re.compile("[\u0080-\u024f\u0400-\u052f]")
_ODD = re.compile(
    # A small letter before a capital, a sign or a digit of another kind inside a word.
    "[a-zß-öø-ÿа-яёά-ώ][A-ZÀ-ÖØ-ÞА-ЯЁΆ-Ϋ]|(?<=[^\\W\\d_])[¡-©«-¶¸-¿×÷‚„†‡•‰‹›]|[¡-©«-¶¸-¿×÷](?=[^\\W\\d_«„‚])"
    # Half a katakana, what only a bad reading has.
    "|[\uff61-\uff9f\ue000-\uf8ff\u2500-\u25ff]"
    # A vowel sign or a tone without its letter.
    "|(?:\\A|(?<=\\s))[\u0591-\u05c7\u064b-\u0652\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
)
_HANGUL = re.compile("[\uac00-\ud7a3]")
_HANJA = re.compile("[\u4e00-\u9fff]")


def oddities(text: str) -> int:
    """Count what has no place in a text: letters of several languages at once, signs inside words, cut syllables."""
    odd = len(_ODD.findall(text))
    if _HANGUL.search(text):
        odd += len(_HANJA.findall(text))
    letters = [character for character in _ALPHABETIC.findall(text) if character.isalpha()]
    return odd + min(sum(letter not in alphabet for letter in letters) for alphabet in _ALPHABETS)
