"""What can go wrong with what is fetched from the web."""

import json
from datetime import timedelta

from bot.errors import AskError, NewsError, PageError, _


class Remembered(NewsError):
    """An error that was written down, with the sentence and the parameters that it had."""

    def __init__(self, sentence: str, params: dict[str, object]) -> None:
        super().__init__(**params)
        self.sentence = sentence


def written(error: NewsError) -> str:
    """Write an error down so that it can be told later, in any language."""
    return json.dumps([error.sentence, error.params], ensure_ascii=False, default=str)


def remembered(text: str) -> Remembered:
    """Read what `written` wrote. What a former version wrote is the sentence itself, in English."""
    try:
        sentence, params = json.loads(text)
    except ValueError:
        return Remembered("{said}", {"said": text})
    return Remembered(sentence, params)


class FetchError(NewsError):
    """Something was not fetched from the web; nothing was changed. Parameter of all: host, without credentials."""


class BadAddress(FetchError):
    """It is no address of the web. Parameter: address, without credentials."""

    sentence = _("“{address}” is not an address that begins with http:// or https://.")


class RefusedAddress(FetchError):
    """The address, or one that it leads to, is not public."""

    sentence = _(
        "I do not fetch from {host}: only public addresses, on the ports that whoever runs me allows."
    )


class NotReached(FetchError):
    """No connection, or one that broke."""

    sentence = _("{host} cannot be reached.")


class BadCertificate(FetchError):
    """Its certificate is none that this machine trusts, or has run out, or is another host's."""

    sentence = _("The certificate of {host} is not valid.")


class TooSlow(FetchError):
    """Parameter: seconds."""

    sentence = _("{host} did not answer in full within {seconds} seconds.")


class TooMuch(FetchError):
    """Parameter: limit in bytes."""

    sentence = _("{host} sent more than {limit} bytes; I stopped reading.")


class LostInRedirects(FetchError):
    """Too many redirects, or one that leads nowhere."""

    sentence = _("{host} sends from one address to the next without end.")


class BadAnswer(FetchError):
    """What came is no HTTP, or cannot be unpacked."""

    sentence = _("{host} sent an answer that cannot be read.")


class NotWelcome(FetchError):
    """Its robots.txt asks us to stay away."""

    sentence = _("{host} asks programs not to fetch this page (robots.txt).")


class FetchStatus(FetchError):
    """Parameter: status, HTTP's number.

    Attribute: retry_after, how long the server asks to be left alone.
    """

    sentence = _("{host} answered with the status {status}.")

    def __init__(self, *, retry_after: timedelta | None = None, **params: object) -> None:
        super().__init__(**params)
        self.status = params["status"]
        self.retry_after = retry_after


class NotAFeed(PageError):
    """A document that is neither RSS, Atom, RDF nor a JSON Feed."""

    sentence = _("This is not a feed that I can read.")


class IsAFeed(PageError):
    """A feed where a page was expected."""

    sentence = _("This is a feed, not a page: `newsdesk feeds add` takes it.")


class Unreadable(PageError):
    """Reading it took too long or too much memory."""

    sentence = _("This document takes too long to read; I gave up.")


class KnownFeed(AskError):
    """Parameter: id."""

    sentence = _("This feed is known already; it has the number {id}.")


class UnknownFeed(AskError):
    """Parameter: id."""

    sentence = _("There is no feed {id}.")


class SeveralFeeds(AskError):
    """A page leads to more than one feed. Parameter: feeds, a text that lists them.

    Attribute: found, the title and the address of each; an address may hold credentials.
    """

    sentence = _("This page has several feeds. Which one do you mean? {feeds}")

    def __init__(self, *, found: tuple[tuple[str, str], ...], **params: object) -> None:
        super().__init__(**params)
        self.found = found
