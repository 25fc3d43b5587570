"""Whether a key looks random, or is one that an attacker would try."""

import re
from typing import Final

SURPRISES_NEEDED: Final = 16
"""How many characters of a key the ones before them must not predict: 32 random hexadecimal digits have about 26."""

_KINDS_NEEDED: Final = 8
_SHORTEST_REPEAT: Final = 3
_OF_EXAMPLES: Final = (
    "replace", "change", "please", "insecure", "password", "passphrase", "default", "example", "something", "checkdata",
    "development", "production", "testing", "random", "secret", "session", "audit", "signing", "deadbeef", "cafebabe",
    "django", "characters", "qwertyuiop", "asdfghjkl", "zxcvbnm", "letmein", "your", "here", "with", "test", "long",
    "string", "token", "this", "must", "key",
)  # fmt: skip
"""Words that stand for a key in examples, and rows of a keyboard."""


def easy_to_guess(key: str) -> bool:
    """Whether few characters of *key* are more than repetition, counting, and words of examples.

    It has no dictionary, and cannot tell a sentence in a book from one of your own. It finds keys that were not drawn
    at random; it does not measure how random a key is.
    """
    rest = re.sub("[-_ ]", "", key.lower())
    for word in _OF_EXAMPLES:
        rest = rest.replace(word, "")
    return _surprises(rest) < SURPRISES_NEEDED or len(set(rest)) < _KINDS_NEEDED


def _surprises(text: str) -> int:
    """The characters that neither repeat the one before, nor count up from it, nor end a repetition."""
    number = 0
    for place, character in enumerate(text):
        follows = place > 0 and abs(ord(character) - ord(text[place - 1])) <= 1
        repeated = place >= _SHORTEST_REPEAT - 1 and text[place - _SHORTEST_REPEAT + 1 : place + 1] in text[:place]
        number += not (follows or repeated)
    return number
