"""What users type and the service keeps: names, reasons, notes, references. One rule for all of it.

A character that cannot be seen can make one name look like another, or change what a sentence says. So none is
accepted: no control characters, none of Unicode's formats, which turn the text around or have no width, and no letters
or marks that are drawn as nothing, like Hangul's fillers. This includes zero-width joiners and variation selectors,
because names in every script can be read without them.
"""

import re
import unicodedata
from typing import Final

from checkdata.domain.errors import ChangeRefused

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode's categories: controls, formats, halves of characters, and its own separators of lines and paragraphs."""

_DRAWN_AS_NOTHING: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Unicode's Default_Ignorable_Code_Point, in any category, and the blank of Braille."""

_LINES: Final = str.maketrans(dict.fromkeys("\r\n\t"))
_UNSAFE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def text_fault(text: str, called: str, *, lines: bool = False) -> str:
    """What is wrong with the text of a form field named *called*; "" if nothing. *lines* allows several lines."""
    looked_at = text.translate(_LINES) if lines else text
    if looked_at.isascii() and looked_at.isprintable():
        return ""
    if not _DRAWN_AS_NOTHING.search(looked_at) and not _UNSEEN.intersection(map(unicodedata.category, looked_at)):
        return ""
    return f"{called} must not have characters that cannot be seen. Delete what is there and type it again"


def checked_name(name: str) -> str:
    """A person's name with single spaces; raises `ChangeRefused` for one with characters that cannot be seen."""
    return checked_text(" ".join(name.split()), "Name")


def checked_text(text: str, called: str, *, lines: bool = False) -> str:
    """The text itself; raises `ChangeRefused` where it has a fault."""
    if fault := text_fault(text, called, lines=lines):
        raise ChangeRefused(f"{fault}.")
    return text


def displayed(text: str) -> str:
    """The text as it can be shown, because what was stored before this rule, or comes with a feed, may break it.

    Controls, halves of characters, and what turns all text behind it around, are replaced by U+FFFD.
    """
    return text if text.isprintable() else _UNSAFE.sub("\ufffd", text)
