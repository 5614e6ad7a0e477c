"""What the log shows, and that no secret is in it."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.logs import log_to_stderr
from bot.replies.voice import trouble
from bot.secrecy import MASK, Redaction
from bot.settings import Settings
from tests.canaries import PASSWORD, TOKEN, Watch

Read = Callable[[], str]


@pytest.fixture
def stderr(capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """Read what was written to stderr; afterwards the root logger is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield lambda: capsys.readouterr().err
    root.handlers[:] = handlers
    root.setLevel(level)


def log_anew(settings: Settings, **how: Any) -> None:
    """Log as a new process would: without the handlers of pytest."""
    logging.getLogger().handlers[:] = []
    log_to_stderr(settings, **how)


def broken(text: str) -> Exception:
    """Return an error that has a traceback."""
    try:
        int(text)
    except ValueError as error:
        return error
    raise AssertionError(text)


def lines(written: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.splitlines()]


def test_where_no_terminal_is_a_line_is_a_json_object(stderr: Read) -> None:
    log_anew(Settings())
    logging.getLogger("bot.desk").info("Loaded %d “headlines”\nand more", 7)
    (line,) = lines(stderr())
    assert line.pop("time").endswith("+00:00")
    assert line == {"level": "INFO", "logger": "bot.desk", "message": "Loaded 7 “headlines”\nand more"}


def test_an_incident_is_a_field_with_its_traceback(stderr: Read) -> None:
    log_anew(Settings())
    card = trouble(broken("the lamp"), where="news")
    (line,) = lines(stderr())
    assert line["incident"] in str(card.description)
    assert "the lamp" in line["traceback"]


@pytest.mark.parametrize(
    "text",
    [
        f"login with {TOKEN} failed",
        f"postgresql+psycopg://desk:{PASSWORD}@db.example/news",
        f"https://reader:{PASSWORD}@gazette.example/feed",
        f"https://gazette.example/feed?user=ada&api_key={PASSWORD}&page=1",
        f"POST https://discord.com/api/v10/interactions/123/{PASSWORD}/callback",
        f"https://discord.com/api/v10/webhooks/123/{PASSWORD}/messages/@original",
        f"{{'Authorization': 'Bot {PASSWORD}{PASSWORD}{PASSWORD}'}}",
        f"the password is {PASSWORD}",
    ],
)
def test_no_secret_is_shown(stderr: Read, text: str) -> None:
    log_anew(Settings(database_url=f"postgresql://desk:{PASSWORD}@db.example/news", DISCORD_TOKEN=TOKEN))
    logging.getLogger("bot").warning("it is %s", text)
    logging.getLogger("bot").error("it broke", exc_info=broken(text))
    written = stderr()
    assert len(lines(written)) == 2
    assert MASK in written
    for secret in (TOKEN, PASSWORD):
        assert secret not in written


def test_lines_for_people_show_no_secret_either(stderr: Read) -> None:
    log_anew(Settings(), form="newsdesk: %(message)s")
    logging.getLogger("bot").info("of no interest")
    logging.getLogger("bot").warning("not read: https://ada:%s@gazette.example/", PASSWORD)
    assert stderr() == f"newsdesk: not read: https://{MASK}@gazette.example/\n"


@pytest.mark.parametrize(
    "text",
    [
        "see https://gazette.example/story?id=7&page=2#key=1",
        "10:20 and 3.4.2019 and a@b.example",
        "/interactions are for people; Basic English is taught",
    ],
)
def test_what_is_no_secret_is_left_alone(text: str) -> None:
    assert Redaction(["abc", "gazette-secret"])(text) == text


def test_a_password_is_found_as_the_address_has_it_and_as_it_is() -> None:
    redaction = Redaction(["pa%40ss%2Fword"])
    assert redaction("with pa%40ss%2Fword or pa@ss/word") == f"with {MASK} or {MASK}"


def test_the_watch_over_the_suite_would_notice(tmp_path: Path) -> None:
    watch = Watch()
    for message in ("nothing", f"the word {PASSWORD}", f"{tmp_path} https://ada:{PASSWORD}@gazette.example/"):
        watch.handle(logging.LogRecord("bot", logging.INFO, "", 0, message, None, None))
    assert len(watch.leaks) == 1
