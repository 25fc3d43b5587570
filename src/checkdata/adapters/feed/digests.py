"""Rows of ``training_records.csv`` by a digest of their bytes: what was loaded before need not be read again."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final

from checkdata.adapters.feed.rows import Row, raw_rows_of
from checkdata.domain.imports import FeedLine
from checkdata.domain.readings import READING_VERSION

Digest = Callable[[bytes], bytes]

_SIZE: Final = 16
"""In bytes: no two rows will ever be taken for the same by chance."""


def digest_below(header: Sequence[str]) -> Digest:
    """What gives the digest of a row below a header; it tells headers, and rules of reading, apart as well."""
    told = "\n".join((str(READING_VERSION), *header)).encode()
    person = blake2b(told, digest_size=_SIZE).digest()
    return lambda raw: blake2b(raw, digest_size=_SIZE, person=person).digest()


def unread_rows(path: Path) -> Iterator[FeedLine]:
    """Every row below the header; without a digest where it has line ends in its cells, or none of its own."""
    rows = raw_rows_of(path)
    header = next(rows, None)
    if not isinstance(header, Row):
        return
    digest = digest_below(header.cells)
    for row in rows:
        if isinstance(row, Row):
            yield FeedLine(row.line, None if row.raw is None else digest(row.raw))
        else:
            line, raw = row
            yield FeedLine(line, digest(raw) if raw.endswith(b"\n") else None)
