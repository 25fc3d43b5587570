"""``training_records.csv`` in blocks of rows, unread: whoever knows a block need not look at its rows.

A block ends after a line whose checksum says so, or, where none does for long, somewhere; and always between two rows.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from itertools import count, pairwise
from pathlib import Path
from typing import BinaryIO, Final
from zlib import crc32

from attrs import frozen

from checkdata.adapters.feed.digests import Digest, digest_below
from checkdata.adapters.feed.rows import LONGEST_ROW, rows_in
from checkdata.domain.errors import FeedRefused
from checkdata.domain.imports import FeedBlock, FeedLine

_ONE_IN: Final = 12
"""One line in so many ends a block: the fewer, the fewer rows are looked at again, and the more blocks there are."""

_MOST: Final = 512
"""In lines; a longer block may end wherever a part of the file does."""

_PART: Final = 2**18
"""In bytes; how much is read at once."""


def unread_blocks(path: Path) -> Iterator[FeedBlock]:
    """Every row below the header; without a digest where one has line ends in its cells, or none of its own.

    Raises `FeedRefused` as `checkdata.adapters.feed.rows.rows_of` does, for rows with quotes alone.
    """
    try:
        with path.open("rb") as file:
            numbers = count(1)
            header = next(rows_in(path.name, zip(numbers, iter(partial(file.readline, LONGEST_ROW), b""))), None)  # noqa: B905 - numbers have no end
            if header is not None:
                yield from _Blocks(path.name, digest_below(header.cells)).of(file, next(numbers))
    except OSError as error:
        raise FeedRefused(f"{path.name} can't be read: {error.strerror}. Nothing was loaded.") from error


@frozen
class _Blocks:
    """Blocks of one file, below one header."""

    _file: str
    _digest: Digest

    def of(self, file: BinaryIO, number: int) -> Iterator[FeedBlock]:
        """The blocks of the rest of the file, which begins with line *number*."""
        held: list[bytes] = []
        for lines in _cut(file):
            held += lines
            block = self._block(number, held, may_go_on=True)
            if block is not None:
                yield block
                number += len(held)
                held = []
        if held:
            block = self._block(number, held, may_go_on=False)
            if block is not None:
                yield block

    def _block(self, number: int, lines: Sequence[bytes], *, may_go_on: bool) -> FeedBlock | None:
        """These lines as a block; None where the last row goes on behind them."""
        raw = b"".join(lines)
        if b'"' not in raw:
            digest = self._digest(raw) if raw.endswith(b"\n") else None
            return FeedBlock(number, len(lines), digest, partial(self._plain, number, lines))
        try:
            rows = list(rows_in(self._file, enumerate(lines, number)))
        except FeedRefused:
            if may_go_on and len(raw) <= LONGEST_ROW:
                return None
            raise
        found = [FeedLine(row.line, None if row.raw is None else self._digest(row.raw)) for row in rows]
        whole = all(line.digest is not None for line in found)
        return FeedBlock(number, len(lines), self._digest(raw) if whole else None, lambda: found)

    def _plain(self, number: int, lines: Sequence[bytes]) -> Sequence[FeedLine]:
        digest = self._digest
        return [FeedLine(n, digest(raw) if raw.endswith(b"\n") else None) for n, raw in enumerate(lines, number)]


def _cut(file: BinaryIO) -> Iterator[list[bytes]]:
    """Lines up to the end of a block, or some more of them."""
    held: list[bytes] = []
    while part := file.read(_PART):
        lines = BytesIO(part + file.readline(LONGEST_ROW)).readlines()
        ends = [n for n, checksum in enumerate(map(crc32, lines), 1) if checksum % _ONE_IN == 0]
        for start, end in pairwise((0, *ends)):
            yield held + lines[start:end]
            held = []
        held += lines[ends[-1] if ends else 0 :]
        if len(held) > _MOST:
            yield held
            held = []
    if held:
        yield held
