"""Whether two written addresses may be the same person's, however they are written (service rule 4).

Only for keeping the steps of a nomination apart: whom a sign-in link reaches is decided by `EmailAddress`.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from checkdata.domain.values import EmailAddress

_MAILBOX: Final = re.compile(r"([^\s@<>()\[\],;:]+)@([\w.-]+)")
_QUOTES: Final = str.maketrans({**dict.fromkeys('"\\“”‘’‚„'), "。": "."})
_COMMENT: Final = re.compile(r"\([^()]*\)")
_AROUND_AT: Final = re.compile(r"\s*@\s*")
_AROUND_DOTS: Final = re.compile(r"\s*([@.])\s*")
_OF_DNS: Final = "xn--"


def mailboxes_in(text: str) -> frozenset[tuple[str, ...]]:
    """Every mailbox that a text names, folded so that two spellings of one are equal.

    Two are one where they differ in case, width or quotes, in a display name, comments or space around them, in how
    DNS writes the domain, in a tag behind a plus, or in punctuation before the @. The last two can be two people's;
    we take them for one because a contact who is the nominee does more harm than one who has to be written otherwise.
    """
    folded = _folded(text).translate(_QUOTES)
    plain = _COMMENT.sub("", folded)
    spellings = (_AROUND_AT.sub("@", folded), _AROUND_AT.sub("@", plain), _AROUND_DOTS.sub(r"\1", plain))
    return frozenset(found for spelling in spellings for found in _found_in(spelling))


def mailbox_key(address: EmailAddress) -> str:
    """The text that every spelling of one address has in common."""
    return "\n".join(min(mailboxes_in(address.value), default=(address.value,)))


def share_a_mailbox(one: EmailAddress, other: EmailAddress) -> bool:
    """Whether the two addresses may lead to one mailbox."""
    return not mailboxes_in(one.value).isdisjoint(mailboxes_in(other.value))


def _found_in(text: str) -> Iterator[tuple[str, ...]]:
    for local, domain in _MAILBOX.findall(text):
        name = "".join(filter(str.isalnum, local.partition("+")[0]))
        yield name or local, *map(_label, domain.strip(".").split("."))


def _label(label: str) -> str:
    """A part of a domain as people read it."""
    if not label.startswith(_OF_DNS):
        return label
    try:
        return _folded(label.removeprefix(_OF_DNS).encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
