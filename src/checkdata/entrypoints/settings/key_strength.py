"""Whether a key looks random, or is one that an attacker would try."""

import re
from typing import Final

SURPRISES_NEEDED: Final = 16
"""How many characters of a key nothing before them tells: 32 hexadecimal digits drawn by chance have about 26."""

_KINDS_NEEDED: Final = 8
_SHORTEST_REPEAT: Final = 3
_OF_EXAMPLES: Final = (
    "replace", "change", "please", "insecure", "password", "passphrase", "default", "example", "something", "checkdata",
    "development", "production", "testing", "random", "secret", "session", "audit", "signing", "deadbeef", "cafebabe",
    "django", "characters", "qwertyuiop", "asdfghjkl", "zxcvbnm", "letmein", "your", "here", "with", "test", "long",
    "string", "token", "this", "must", "key",
)  # fmt: skip
"""What stands for a key in examples, and on keyboards."""


def easy_to_guess(key: str) -> bool:
    """Whether few characters of *key* are more than repetition, counting, and words of examples.

    It knows no dictionary, and can't tell a sentence from a book from one of your own: it is for keys that were not
    drawn at random, not for judging how random they are.
    """
    rest = re.sub("[-_ ]", "", key.lower())
    for word in _OF_EXAMPLES:
        rest = rest.replace(word, "")
    return _surprises(rest) < SURPRISES_NEEDED or len(set(rest)) < _KINDS_NEEDED


def _surprises(text: str) -> int:
    """The characters that neither repeat the one before, nor count on from it, nor end what stood there already."""
    number = 0
    for place, character in enumerate(text):
        follows = place > 0 and abs(ord(character) - ord(text[place - 1])) <= 1
        repeated = place >= _SHORTEST_REPEAT - 1 and text[place - _SHORTEST_REPEAT + 1 : place + 1] in text[:place]
        number += not (follows or repeated)
    return number
