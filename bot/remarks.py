"""What is said of a query: of its operators, also beside an answer that was found all the same."""

from bot.errors import AskError, UnknownSource, _


class MissingValue(AskError):
    """An operator without its value. Parameters: operator, example."""

    sentence = _("“{operator}” needs something right behind it, for example {example}.")


class BadDay(AskError):
    """Parameters: given (operator and value), example."""

    sentence = _(
        "I know no day “{given}”. Days are written like {example}, or as today, yesterday, friday, 7d, 2w, 3m."
    )


class BadSort(AskError):
    """Parameter: given (operator and value)."""

    sentence = _("I know no order “{given}”. sort:new puts the newest first; without it the best come first.")


class CannotExclude(AskError):
    """Parameter: given (operator and value)."""

    sentence = _(
        "“{given}” cannot be left out. A minus may stand before a word, a “phrase”, source: or title:."
    )


class MisspelledSource(UnknownSource):
    """Parameters: name, as it was typed; nearest, the name of a source."""

    sentence = _("No article is from “{name}”. The nearest source is {nearest}.")


class UndatedLeftOut(AskError):
    """Days were asked for, and some stories have none."""

    sentence = _("Stories whose day of publication is not known are left out.")
