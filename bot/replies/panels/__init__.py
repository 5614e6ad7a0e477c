"""Buttons and selects under answers: one message, edited in place, which only the asker's clicks change."""

from bot.replies.panels.nearest import NearestScreen
from bot.replies.panels.old import OldControl
from bot.replies.panels.panel import LIFETIME, SILENT, Panel, Screen
from bot.replies.panels.results import ResultsScreen, results_screen
from bot.replies.panels.stories import related_screen, story_screen

__all__ = [
    "LIFETIME",
    "SILENT",
    "NearestScreen",
    "OldControl",
    "Panel",
    "ResultsScreen",
    "Screen",
    "related_screen",
    "results_screen",
    "story_screen",
]
