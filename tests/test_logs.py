"""What the log shows, and that no secret is in it."""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from bot.logs import log_to_stderr, secrets_of
from bot.replies.voice import trouble
from bot.secrecy import MASK, Redaction
from bot.settings import Settings
from tests.canaries import PASSWORD, TOKEN, Watch

Read = Callable[[], str]


@pytest.fixture
def stderr(capsys: pytest.CaptureFixture[str]) -> Iterator[Read]:
    """Read what was written to stderr; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, sys.unraisablehook, threading.excepthook
    logging.getLogger("bot").setLevel(logging.NOTSET)
    yield lambda: capsys.readouterr().err
    logging.captureWarnings(False)
    sys.excepthook, sys.unraisablehook, threading.excepthook = hooks
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


UNCAUGHT = f"""
import asyncio, gc, sys, threading, warnings
from bot.logs import log_to_stderr
from bot.settings import Settings

async def broken():
    raise ValueError("{PASSWORD} in a task")

async def main():
    asyncio.create_task(broken())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    gc.collect()

class Broken:
    def __del__(self):
        raise ValueError("{PASSWORD} at the end")

log_to_stderr(Settings(_env_file=None, database_url="postgresql://desk:{PASSWORD}@db.example/news"))
warnings.warn("{PASSWORD} in a warning")
asyncio.run(main())
for target, said in ((int, "{PASSWORD} in a thread"), (sys.exit, "{PASSWORD} at a thread's own end")):
    thread = threading.Thread(target=target, args=[said])
    thread.start()
    thread.join()
Broken()
raise KeyError("{PASSWORD} was not caught") from ValueError("for {PASSWORD}")
"""


def test_what_nobody_caught_is_logged_like_all_else() -> None:
    done = subprocess.run([sys.executable, "-c", UNCAUGHT], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert PASSWORD not in done.stderr
    written = [line["message"] + line.get("traceback", "") for line in lines(done.stderr)]
    for where in ("in a warning", "in a task", "in a thread", "at the end", "was not caught"):
        assert sum(f"{MASK} {where}" in one for one in written) == 1, where
    assert len(written) == 5, "a thread that ends itself (SystemExit) is no error"


@pytest.mark.parametrize("password", ['pa@s"s\\wörd', "it's/one", "a b&c=d"])
def test_a_password_is_found_in_whatever_form_it_is_shown(password: str) -> None:
    for url in (
        f"postgresql://desk:{quote(password, safe='')}@db.example/news",
        f"postgresql://desk@db.example/news?password={quote(password, safe='')}",
    ):
        redaction = Redaction(secrets_of(Settings(database_url=url)))
        for shown in (password, repr(password), str({"password": password}), quote(password, safe="")):
            assert password not in redaction(shown)
            assert MASK in redaction(shown)


def test_of_an_address_all_before_its_host_is_masked() -> None:
    assert Redaction()("https://ada:p@ss:w@rd@gazette.example/a@b") == f"https://{MASK}@gazette.example/a@b"


def test_settings_show_no_secret() -> None:
    settings = Settings(database_url=f"postgresql://desk:{PASSWORD}@db.example/news", DISCORD_TOKEN=TOKEN)
    for shown in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert PASSWORD not in shown
        assert TOKEN not in shown


def test_a_password_is_found_as_the_address_has_it_and_as_it_is() -> None:
    redaction = Redaction(["pa%40ss%2Fword"])
    assert redaction("with pa%40ss%2Fword or pa@ss/word") == f"with {MASK} or {MASK}"


def test_the_watch_over_the_suite_notices_what_is_logged(tmp_path: Path) -> None:
    watch = Watch()
    for message in ("nothing", f"the word {PASSWORD}", f"{tmp_path} https://ada:{PASSWORD}@gazette.example/"):
        watch.handle(logging.LogRecord("bot", logging.INFO, "", 0, message, None, None))
    assert len(watch.leaks) == 1


PRINTING = f"""
import os, subprocess, sys

def test_says_a_secret():
    print("{TOKEN}")

def test_has_a_process_that_says_a_secret():
    subprocess.run([sys.executable, "-c", "import sys; sys.stderr.write('it is {PASSWORD}')"], check=True)

def test_says_nothing():
    print("no secret")
"""


def test_the_watch_over_the_suite_notices_what_is_printed(tmp_path: Path) -> None:
    (tmp_path / "test_printing.py").write_text(PRINTING)
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "-p", "tests.canaries", tmp_path],
        cwd=Path(__file__).parent.parent,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 failed, 1 passed" in told.stdout
