"""A field's text without what cannot be seen."""

import re

# Soft hyphens, zero-width spaces, marks of writing direction, byte order marks, and the control
# characters that are not white space.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
# Zero-width joiners and non-joiners mean something inside Persian or Hindi words and emoji only.
_IDLE_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f])")


def clean(text: str) -> str:
    """Make text one line: white space of all kinds becomes single spaces, the invisible goes."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    text = " ".join(_INVISIBLE.sub("", text).split())
    return " ".join(_IDLE_JOINERS.sub("", text).split())
