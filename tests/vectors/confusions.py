"""Texts that are not the same, and that some way to compare texts takes for the same."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

FAMILIES: Final = (
    ("beacon", "Beacon", "BEACON", "bea", "Be\u03b1con"),
    ("caf\u00e9", "cafe\u0301"),
    ("caf\u00e9", "cafe", "CAF\u00c9"),
    ("stra\u00dfe", "strasse", "STRASSE", "\u017ftrasse"),
    ("istanbul", "Istanbul", "\u0130stanbul", "\u0131stanbul", "i\u0307stanbul"),
    ("\u03c3\u03c2", "\u03c3\u03c3", "\u03a3\u03a3"),
    ("kelvin", "Kelvin", "\u212aelvin"),
    ("a1", "\uff411", "\U0001d41a1", "\u24d01"),
    ("\U0001f600", "\U0001f601", "\ufffd"),
    ("100%", "100_", "1005", "100*", "100"),
    ("north-hub", "north\u2010hub"),
    ("north_hub", "northxhub", "%hub"),
    ("*", "%", "_", "x"),
    ("12", "012"),
    ("12", "12.0", "0xc", "1.2e1"),
    ("null", "NULL", "None", "nil", "undefined"),
    ("__proto__", "constructor", "toString", "proto"),
    ("o'neill", "o''neill", "o\u2019neill", "o\\'neill"),
    ("a|b", "a,b", "a b", "a  b", '["a"]'),
    ("dp-1", "dp-10"),
    ("dp-1", "dp-2", "DP-1"),
    ("true", "True", "false", "1", "0"),
)
"""Ids of one world, of which none is another."""


def _without_marks(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _is_like(pattern: str, text: str) -> bool:
    words = re.split("([%*_?])", pattern)
    parts = (".*" if word in {"%", "*"} else "." if word in {"_", "?"} else re.escape(word) for word in words)
    return re.fullmatch("".join(parts), text) is not None


def _same_under(fold: Callable[[str], str]) -> Callable[[str, str], bool]:
    return lambda one, other: fold(one) == fold(other)


_FOLDED: Final[Mapping[str, Callable[[str], str]]] = {
    "case": str.lower,
    "case folding": str.casefold,
    "composition": lambda text: unicodedata.normalize("NFC", text),
    "compatible characters": lambda text: unicodedata.normalize("NFKC", text),
    "marks": _without_marks,
    "the Turkish i": lambda text: text.translate(str.maketrans("\u0130\u0131I", "iii")),
    "space": lambda text: "".join(text.split()),
    "dashes": lambda text: text.replace("\u2010", "-"),
    "zeros in front": lambda text: text.lstrip("0"),
    "quotation marks": lambda text: re.sub(r"[\\']+|\u2019", "'", text),
    "characters beyond 16 bits": lambda text: "".join(c if c < "\U00010000" else "\ufffd" for c in text),
}
CONFUSIONS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    **{kind: _same_under(fold) for kind, fold in _FOLDED.items()},
    "a wildcard in the id": _is_like,
    "a wildcard in the other": lambda one, other: _is_like(other, one),
    "its beginning": str.startswith,
    "what begins with it": lambda one, other: other.startswith(one),
    "a word for nothing": lambda one, other: {one.lower(), other.lower()} <= {"null", "none", "nil", "undefined"},
    "a name that objects of JavaScript have": lambda one, other: bool(
        {one, other} & {"__proto__", "constructor", "toString"}
    ),
}
"""Each way to take two texts for the same."""


def confusions(one: str, other: str) -> set[str]:
    """The ways to take these two for the same, in words."""
    return set() if one == other else {kind for kind, confuses in CONFUSIONS.items() if confuses(one, other)}
