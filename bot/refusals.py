"""Why something is not done for someone here and now."""

from bot.errors import AskError, _


class NotAllowed(AskError):
    """Whoever asked may not do this here. Raise a subclass."""


class ManagersOnly(NotAllowed):
    """Whoever asked may not manage the guild."""

    sentence = _("Only those who may manage this server can do this.")


class OwnersOnly(NotAllowed):
    """Whoever asked does not run the bot."""

    sentence = _("Only whoever runs me can do this.")


class GuildsOnly(NotAllowed):
    """It is about a guild, and was asked outside of any."""

    sentence = _("This is about a server: ask me in one.")


class Elsewhere(NotAllowed):
    """The guild chose other channels, by their ids. Its sentence is the voice's: it mentions them."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        self.channels = channels


class TooBusy(AskError):
    """The whole guild asks faster than is good for it."""

    sentence = _("Everyone here is asking at once. Try again in a moment.")


class Stopping(AskError):
    """The process is told to end, and finishes what is under way."""

    sentence = _("I am being restarted. Try again in a minute.")


class Overloaded(AskError):
    """More is asked everywhere than can be answered in good time."""

    sentence = _("More is asked of me than I can answer at once. Try again in a moment.")


class UnknownCommand(AskError):
    """Said only where it is certain that we were meant. Parameters: given, example."""

    sentence = _("I have no command “{given}”. {example} shows what I can do.")


class WrongArgument(AskError):
    """What stands behind a command is not what it takes. Parameter: example."""

    sentence = _("I cannot read that. Try for example {example}.")


class OldCommand(AskError):
    """Discord showed a command as it was before an upgrade."""

    sentence = _("This command has changed. Restart Discord to see it as it is now.")


class NothingLike(AskError):
    """No article is like a message."""

    sentence = _("I know no story like that message.")


class NothingSaid(AskError):
    """A message has neither words nor a link."""

    sentence = _("That message has no words and no link.")
