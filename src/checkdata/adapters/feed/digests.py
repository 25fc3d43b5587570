"""Digests of rows of ``training_records.csv``: what was loaded before need not be read again."""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Final

from checkdata.domain.feed.last_verdict import READING_VERSION

Digest = Callable[[bytes], bytes]

_SIZE: Final = 16
"""In bytes: no two rows will ever be taken for the same by chance."""


def digest_below(header: Sequence[str]) -> Digest:
    """What gives the digest of rows below a header; it tells headers, and rules of reading, apart as well."""
    told = "\n".join((str(READING_VERSION), *header)).encode()
    person = blake2b(told, digest_size=_SIZE).digest()
    return lambda raw: blake2b(raw, digest_size=_SIZE, person=person).digest()
