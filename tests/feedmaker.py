"""Feeds made from a seed, in all formats, and what happens to feeds on their way."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

WORDS = (
    "harbour bridge minister flood election strike river council farmers vaccine verdict tunnel ferry budget"
    " wildfire ceasefire museum orchestra rocket glacier Zürich København 東京 Россия سوريا"
).split()
ENCODINGS = ("utf-8", "iso-8859-1", "windows-1252", "utf-16", "us-ascii", "koi8-r", "x-unknown")
LINKS = ("https://herald.example/{}", "/stories/{}", "//cdn.example/{}", "javascript:alert({})", "file:///etc/{}", "ftp://x.example/{}", "http://user:pw@x.example/{}", "http://[::1/{}")  # fmt: skip
DATES = ("Mon, 04 May 2026 10:00:00 GMT", "2026-05-04T10:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "2099-01-01T00:00:00Z", "yesterday", "0000-00-00", "", "99999999999999")  # fmt: skip


@dataclass(frozen=True)
class Story:
    """One entry as it was made."""

    number: int
    title: str
    link: str
    date: str
    text: str


@dataclass(frozen=True)
class Made:
    """A document, and the titles of its entries in order."""

    data: bytes
    content_type: str
    titles: tuple[str, ...]
    kind: str


def rss(*titles: str) -> bytes:
    """Make a plain RSS feed of titles."""
    items = "".join(f"<item><title>{escape(title)}</title></item>" for title in titles)
    return f'<rss version="2.0"><channel><title>The Herald</title>{items}</channel></rss>'.encode()


def story(chance: random.Random, number: int) -> Story:
    """Make a story with a title that no other of its feed has."""
    title = f"{' '.join(chance.choices(WORDS, k=4))} {number}"
    sentences = [f"{' '.join(chance.choices(WORDS, k=9))}." for _ in range(chance.randint(0, 6))]
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences)
    if chance.random() < 0.2:
        text += (
            f'<p>The post <a href="/x">{escape(title)}</a> appeared first on <a href="/">The Herald</a>.</p>'
        )
    return Story(number, title, chance.choice(LINKS).format(number), chance.choice(DATES), text)


def _rss(stories: list[Story], chance: random.Random) -> str:
    version = chance.choice(["0.91", "0.92", "2.0"])
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{escape(one.link)}</link><guid>{one.number}</guid>"
        f"<pubDate>{one.date}</pubDate><description>{_text(one, chance)}</description></item>\n"
        for one in stories
    )
    return f'<rss version="{version}"><channel><title>The Herald</title><ttl>30</ttl>{items}</channel></rss>'


def _atom(stories: list[Story], chance: random.Random) -> str:
    items = "".join(
        f"<entry><id>urn:{one.number}</id><title>{escape(one.title)}</title><link href={_quoted(one.link)}/>"
        f'<updated>{one.date}</updated><content type="html">{_text(one, chance)}</content></entry>\n'
        for one in stories
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>The Herald</title>{items}</feed>'


def _rdf(stories: list[Story], chance: random.Random) -> str:
    items = "".join(
        f"<item rdf:about={_quoted(one.link)}><title>{escape(one.title)}</title><link>{escape(one.link)}</link>"
        f"<dc:date>{one.date}</dc:date><description>{_text(one, chance)}</description></item>\n"
        for one in stories
    )
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>The Herald</title></channel>'
        f"{items}</rdf:RDF>"
    )


def _json(stories: list[Story], chance: random.Random) -> str:
    items = [
        {
            "id": chance.choice([str(one.number), one.number]),
            "title": one.title,
            "url": one.link,
            "date_published": one.date,
            "content_html": one.text,
        }
        for one in stories
    ]
    version = f"https://jsonfeed.org/version/{chance.choice(['1', '1.1'])}"
    return json.dumps({"version": version, "title": "The Herald", "items": items}, ensure_ascii=False)


def _text(one: Story, chance: random.Random) -> str:
    return f"<![CDATA[{one.text}]]>" if chance.random() < 0.5 else escape(one.text)


def _quoted(text: str) -> str:
    return f'"{escape(text)}"'


FORMATS: tuple[Callable[[list[Story], random.Random], str], ...] = (_rss, _atom, _rdf, _json)


def made(seed: int) -> Made:
    """Make a document: a whole feed, or one that something happened to."""
    chance = random.Random(seed)
    stories = [story(chance, number) for number in range(chance.randint(1, 12))]
    text = chance.choice(FORMATS)(stories, chance)
    kind = chance.choice(list(MUTATIONS))
    data, survivors = MUTATIONS[kind](text, stories, chance)
    content_type = chance.choice(
        ["text/html", "application/rss+xml; charset=koi8-r", "", "text/xml; charset=utf-8"]
    )
    return Made(data, content_type, tuple(survivors), kind)


def _whole(text: str, stories: list[Story], _chance: random.Random) -> tuple[bytes, list[str]]:
    return text.encode(), [one.title for one in stories]


def _cut(text: str, stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    data = text.encode()
    data = data[: chance.randrange(60, len(data))]
    kept = data.decode("utf-8", "ignore")
    return data, [one.title for one in stories[: _count(kept)]]


def _count(text: str) -> int:
    """Count the entries that are whole."""
    return max(
        text.count("</item>"),
        text.count("</entry>"),
        text.count('</p>"}') + text.count('"content_html": ""}'),
    )


def _one_broken(text: str, stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    """Break the inside of one entry; the others are as they were."""
    victim = chance.choice(stories)
    at = text.find(escape(victim.title))
    if text.startswith("{"):
        return _whole(text, stories, chance)
    broken = chance.choice(
        ["<b>", "</title></link>", "&nope;", "& ", "<![CDATA[", "]]>", "<", "\x00\x0b", "<x:y>", "<!--"]
    )
    others = [one.title for one in stories if one is not victim]
    return (text[:at] + broken + text[at:]).encode(), others


def _flipped(text: str, _stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    data = bytearray(text.encode())
    for _ in range(chance.randint(1, 30)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data), []


def _dropped_tags(text: str, _stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    parts = text.split("<")
    for _ in range(chance.randint(1, 5)):
        if len(parts) > 2:
            del parts[chance.randrange(1, len(parts))]
    return "<".join(parts).encode(), []


def _shuffled(text: str, _stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    size = max(1, len(text) // 12)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    chance.shuffle(pieces)
    return "".join(pieces).encode(), []


def _lied(text: str, stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    if text.startswith("{"):
        return _whole(text, stories, chance)
    declared = chance.choice(ENCODINGS)
    return f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(), [one.title for one in stories]


def _recoded(text: str, stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    encoding = chance.choice(["utf-16", "utf-8-sig", "utf-32", "cp1252", "koi8-r", "shift_jis"])
    data = text.encode(encoding, "replace")
    return data, [one.title for one in stories] if encoding.startswith("utf") else []


def _bomb(text: str, stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    """Declare entities that grow, or name files, and use them."""
    if text.startswith("{"):
        depth = chance.randrange(1_000, 20_000)
        return text.replace('"items": [', '"items": [' + "[" * depth).encode(), []
    grown = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    outside = '<!ENTITY file SYSTEM "file:///etc/passwd"><!ENTITY % net SYSTEM "http://127.0.0.1:9/x">'
    doctype = f'<!DOCTYPE rss [<!ENTITY e0 "lol">{grown}{outside}]>'
    used = text.replace("</title>", " &e11; &file;</title>") if chance.random() < 0.5 else text
    return f'<?xml version="1.0"?>{doctype}{used}'.encode(), [
        one.title for one in stories
    ] if used is text else []


def _nested(text: str, stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    if text.startswith("{"):
        return _whole(text, stories, chance)
    deep = f"<{chance.choice(['b', 'div', 'item', 'entry', 'x'])}>" * chance.randrange(300, 1_500)
    at = text.find("</title>", text.find(escape(stories[-1].title)))
    kept = [] if "item" in deep or "entry" in deep else [one.title for one in stories[:-1]]
    return (text[:at] + deep + text[at:]).encode(), kept


def _noise(_text: str, _stories: list[Story], chance: random.Random) -> tuple[bytes, list[str]]:
    return chance.randbytes(chance.randrange(2_000)), []


MUTATIONS: dict[str, Callable[[str, list[Story], random.Random], tuple[bytes, list[str]]]] = {
    "whole": _whole,
    "cut": _cut,
    "one broken": _one_broken,
    "bytes flipped": _flipped,
    "tags dropped": _dropped_tags,
    "shuffled": _shuffled,
    "encoding lied": _lied,
    "recoded": _recoded,
    "bomb": _bomb,
    "nested": _nested,
    "noise": _noise,
}
