"""An HTML page about a ferry, of which tests make what they need."""

from bot.article import Page
from bot.pages import read_page

HEADLINE = "Harbour ferry runs again"
P1 = "The harbour ferry returned to service on Monday after three weeks of repairs, the port authority said."
P2 = "Crews replaced both engines and part of the hull, and the vessel passed its inspection on Saturday."
P3 = "“We are glad to be back on the water,” said Ada Brook, who has captained the ferry for eleven years."
P4 = "Passengers who had bought monthly tickets will be refunded for the days without a crossing."
TEXT = (P1, P2, P3, P4)
BODY = "".join(f"<p>{text}</p>" for text in TEXT)
OTHERS = {
    "https://news.example/2024/bridge": "Bridge opens after years of delay",
    "https://news.example/2024/railway": "Railway strike enters its second week",
    "https://news.example/2024/quota": "Fishermen ask for a larger quota",
}
LINKS = [f'<a href="{url.removeprefix("https://news.example")}">{text}</a>' for url, text in OTHERS.items()]
HEAD = '<link rel="canonical" href="https://news.example/2024/ferry"><title>Harbour ferry runs again | Example Times</title>'


def document(body: str, head: str = HEAD) -> str:
    return f'<!doctype html><html lang="en-GB"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'


def read(body: str, head: str = HEAD, *, whole: bool = False) -> Page:
    return read_page("page.html", document(body, head).encode(), whole=whole)


def article(*parts: str) -> str:
    return f"<main><article><h1>{HEADLINE}</h1>{''.join(parts)}</article></main>"
