"""Errors and remarks in words: templates translated, filled, and escaped."""

from bot.errors import NewsError
from bot.replies.escape import escape
from bot.replies.language import _


def sentence(error: NewsError) -> str:
    """Fill an error's translated template with its parameters, escaped: they come from outside."""
    return _(error.sentence).format(
        **{
            name: value if isinstance(value, int) else escape(str(value))
            for name, value in error.params.items()
        }
    )
