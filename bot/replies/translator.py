"""Slash commands in the language of whoever types them: Discord is given their names and descriptions in all we speak."""

from discord import Locale
from discord.app_commands import TranslationContextLocation, TranslationContextTypes, Translator, locale_str

from bot.guilds import LANGUAGES
from bot.replies.language import ENGLISH, NAME, catalogue

NAMES = frozenset(
    {
        TranslationContextLocation.command_name,
        TranslationContextLocation.group_name,
        TranslationContextLocation.parameter_name,
        TranslationContextLocation.choice_name,
    }
)


class SlashTranslator(Translator):
    """Translate what Discord shows of a command before anything is asked."""

    async def load(self) -> None:
        """Read the catalogues now, so that no answer waits for it."""
        for language in LANGUAGES:
            catalogue(language)

    async def translate(
        self, string: locale_str, locale: Locale, context: TranslationContextTypes
    ) -> str | None:
        """Return a string as users of a locale see it; None where it stays English."""
        language = locale.value.split("-")[0]
        if language == ENGLISH or language not in LANGUAGES:
            return None
        known = catalogue(language)
        if context.location in NAMES:
            return known.pgettext(NAME, string.message)
        return known.gettext(string.message)
