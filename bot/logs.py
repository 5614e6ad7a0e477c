"""What the log shows: lines for people in a terminal, JSON lines for programs; secrets in neither."""

import json
import logging
import sys
import threading
from datetime import UTC, datetime
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rich.console import Console
from rich.logging import RichHandler

from bot.secrecy import Redaction
from bot.settings import Settings

log = logging.getLogger(__name__)


class Lines(logging.Formatter):
    """Lines for people."""

    def __init__(self, form: str, redaction: Redaction) -> None:
        super().__init__(form)
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """Write a record, with its traceback below it."""
        return self._redaction(super().format(record))


class JsonLines(logging.Formatter):
    """A JSON object a line: time (UTC), level, logger, message; incident and traceback where there are any."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            # Before it becomes JSON, whose escapes could hide a secret.
            "message": self._redaction(record.getMessage()),
        }
        if hasattr(record, "incident"):
            line["incident"] = record.incident
        if record.exc_info:
            line["traceback"] = self._redaction(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def secrets_of(settings: Settings) -> list[str]:
    """Return what must never be shown of the settings: the token and the database's password."""
    found = [] if settings.discord_token is None else [settings.discord_token.get_secret_value().strip()]
    if settings.database_url is not None:
        address = urlsplit(settings.database_url.get_secret_value())
        # PostgreSQL takes it in either place.
        found += [address.password or "", *parse_qs(address.query).get("password", [])]
    return found


def log_to_stderr(settings: Settings, *, form: str | None = None) -> None:
    """Log from now on: with a `form`, as lines in it; else as the terminal, or what stands in its place, likes it.

    Where something logs already, that goes on.
    """
    if logging.getLogger().handlers:
        return
    redaction = Redaction(secrets_of(settings))
    console = Console(stderr=True)
    handler: logging.Handler
    if form is not None:
        handler = logging.StreamHandler()
        handler.setFormatter(Lines(form, redaction))
    elif console.is_terminal:
        handler = RichHandler(console=console, show_path=False)
        handler.setFormatter(Lines("%(message)s", redaction))
    else:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines(redaction))
    level = settings.log_level if form is None else logging.WARNING
    logging.basicConfig(level=level, handlers=[handler])
    _log_what_python_would_print()


def _log_what_python_would_print() -> None:
    """Log warnings, and errors that nobody caught: printed, they would be neither redacted nor JSON."""

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, Exception):
            log.critical("This ended the process", exc_info=(kind, error, trace))
        else:
            sys.__excepthook__(kind, error, trace)

    def in_thread(told: threading.ExceptHookArgs) -> None:
        if told.exc_value is not None and told.exc_type is not SystemExit:
            log.error("This ended a thread", exc_info=told.exc_value)

    def unraisable(told: "sys.UnraisableHookArgs") -> None:
        log.error("%s: %r", told.err_msg or "Not raised", told.object, exc_info=told.exc_value)

    logging.captureWarnings(True)
    sys.excepthook = uncaught
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable
