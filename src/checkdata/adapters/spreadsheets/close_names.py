"""Names that are close to another, by rapidfuzz."""

from collections.abc import Sequence
from typing import Final

from checkdata.domain.reconciliation.close_names import MOST_SUGGESTIONS, Similarity

CLOSE_ENOUGH: Final = 85
"""Out of 100: "Jon Smith" and "John Smith" are, "Anna Smith" and "Anna Jones" are not."""


def close_names(name: str, names: Sequence[str]) -> list[tuple[int, float]]:
    """The positions of the closest of *names* and how close they are, from 0.85 to 1, the closest first.

    Letters that differ count, and a middle name that one side leaves out does not.
    """
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 3 MiB that a worker holds once a user compares a list

    found = process.extract(
        name, names, scorer=fuzz.token_ratio, score_cutoff=CLOSE_ENOUGH, limit=MOST_SUGGESTIONS, processor=None
    )
    return [(place, score / 100) for _, score, place in found]


_conforms: Similarity = close_names
