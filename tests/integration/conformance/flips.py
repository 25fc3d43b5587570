"""Flips each comparison of a program, one at a time, to see that the vectors notice it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

Flip = tuple[str, str]

_OF_BOTH: Final[Sequence[Flip]] = (
    (r" <= ", " < "),
    (r" >= ", " > "),
    (r" < ", " <= "),
    (r" && ", " || "),
    (r" \|\| ", " && "),
    (r'"gte"', '"lte"'),
    (r'"lte"', '"gte"'),
    (r"!(?=[\w@(])", ""),
)
FLIPS: Final[Mapping[str, Sequence[Flip]]] = {
    ".mjs": (
        *_OF_BOTH,
        (r" === ", " !== "),
        (r" !== ", " === "),
        (r"\.every\(", ".some("),
        (r"\.some\(", ".every("),
        (r"\bif \((.*)\) ", r"if (!(\1)) "),
        (r" \+ 86_400_000", ""),
        (r" \+ 86_400_000", " + 2 * 86_400_000"),
        (r"\.at\(-1\)", ".at(0)"),
    ),
    ".rb": (
        *_OF_BOTH,
        (r" == ", " != "),
        (r" != ", " == "),
        (r"\.nil\?", ".nil?.!"),
        (r"\.empty\?", ".empty?.!"),
        (r"\.any\?", ".all?"),
        (r"\.all\?", ".any?"),
        (r"(?<!def )\b((?:is|passed|ect|in_force|same|within|counts)\?)(?=[\s(])", r"!\1"),
        (r"\bif (?=\S)", "unless "),
        (r"\bunless ", "if "),
        (r" \+ 1\)", ")"),
        (r" \+ 1\)", " + 2)"),
        (r"max_by", "min_by"),
    ),
}
"""By the end of a file's name: what is looked for, and what it is replaced by."""


@frozen
class Flipped:
    """A program with one comparison flipped."""

    where: str
    text: str


def flipped(file: Path) -> Iterator[Flipped]:
    """The program of a file with each of its comparisons flipped, in turn."""
    text = file.read_text(encoding="utf-8")
    for pattern, replacement in FLIPS[file.suffix]:
        for found in re.finditer(pattern, text):
            line = text[: found.start()].count("\n")
            if text.splitlines()[line].lstrip().startswith(("//", "#")):
                continue
            other = found.expand(replacement)
            where = f"{file.name}:{line + 1}: {found[0].strip()} becomes {other.strip() or 'nothing'}"
            yield Flipped(where, text[: found.start()] + other + text[found.end() :])
