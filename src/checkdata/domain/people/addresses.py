"""Whether a user's new address is their old one in another spelling, or at their employer's new domain.

An insider would call a stranger's address a spelling. So the rule is narrow, and what it does not take is a nomination
of the new address (service rule 4).
"""

from collections.abc import Iterator
from enum import Enum
from typing import Final

from checkdata.domain.values import EmailAddress, search_key

FEWEST_LETTERS: Final = 4
"""The fewest characters before the @ in which one slip is called a spelling; in fewer it is another name."""


_SEPARATORS: Final = str.maketrans("", "", "._")
"""What `search_key` leaves of what separates the parts of a name."""


class AddressDifference(Enum):
    """What differs between two addresses of one person: the domain, or the spelling before the @."""

    DOMAIN = "domain"
    SPELLING = "spelling"


def difference(old: EmailAddress, new: EmailAddress) -> AddressDifference | None:
    """What differs; None where it is neither of the two, or nothing.

    Another domain: what is before the @ is the same but for dots, dashes, underscores and apostrophes. Another
    spelling: the domain is the same, and before the @ those differ, or one letter: it was left out, added, mistaken for
    another or swapped with its neighbour. Digits and signs must be the same, because they tell one person of a name, or
    one mailbox, from the next.
    """
    name, new_name = _name(old), _name(new)
    if old == new or not name:
        return None
    if old.domain != new.domain:
        return AddressDifference.DOMAIN if name == new_name else None
    return AddressDifference.SPELLING if name == new_name or _one_slip(name, new_name) else None


def _name(address: EmailAddress) -> str:
    """What is before the @, folded, without dots and underscores too."""
    return search_key(address.value.rpartition("@")[0]).translate(_SEPARATORS)


def _one_slip(one: str, other: str) -> bool:
    if min(len(one), len(other)) < FEWEST_LETTERS or _not_letters(one) != _not_letters(other):
        return False
    longer, shorter = sorted((one, other), key=len, reverse=True)
    if len(longer) > len(shorter):
        return shorter in _with_one_left_out(longer)
    places = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
    first, last = places[0], places[-1]
    swapped = last == first + 1 and (one[first], one[last]) == (other[last], other[first])
    return first == last or swapped


def _with_one_left_out(name: str) -> Iterator[str]:
    return (name[:place] + name[place + 1 :] for place in range(len(name)))


def _not_letters(name: str) -> str:
    return "".join(letter for letter in name if not letter.isalpha())
