"""What was typed into `newsdesk chat`, kept for the next time."""

import logging
from collections.abc import Iterable

from prompt_toolkit.history import FileHistory

log = logging.getLogger(__name__)


class Typed(FileHistory):
    """Keeps what it can: where nothing can be read or written, the conversation goes on without."""

    def load_history_strings(self) -> Iterable[str]:
        """Return what was typed before, newest first."""
        try:
            return list(super().load_history_strings())
        except OSError as error:
            log.warning("What was typed before is not known: %s", error.strerror)
            return []

    def store_string(self, string: str) -> None:
        """Keep a line."""
        try:
            super().store_string(string)
        except OSError as error:
            log.warning("What is typed is not kept: %s", error.strerror)
