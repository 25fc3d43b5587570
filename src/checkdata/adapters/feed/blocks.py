"""``training_records.csv`` in blocks of unread rows: the rows of a known block need not be looked at.

A block ends after a line whose checksum says so, or, where none does for long, somewhere; and always between two rows.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from itertools import count, pairwise
from pathlib import Path
from typing import BinaryIO, Final, Self
from zlib import crc32

from attrs import frozen

from checkdata.adapters.feed.digests import Digest, digest_below
from checkdata.adapters.feed.rows import LONGEST_ROW, rows_in
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import FeedBlock, FeedLine

_ONE_IN: Final = 12
"""One line in so many ends a block: the fewer, the fewer rows are looked at again, and the more blocks there are."""

_MOST: Final = 512
"""In lines; a longer block may end wherever a part of the file does."""

_LARGEST: Final = 2**22
"""In bytes; so much of what no checksum ends is a block, and of what a row goes on behind."""

_PART: Final = 2**18
"""In bytes; how much is read at once."""


def unread_blocks(path: Path) -> Iterator[FeedBlock]:
    """Every row below the header; without a digest where one has line ends in its cells, or none of its own.

    Raises `FeedRefused` as `checkdata.adapters.feed.rows.rows_of` does, only for rows with quotes.
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
        lines = _Lines(_cut(file), number)
        while lines.begin():
            yield self._with_quotes(lines) if any(b'"' in raw for raw in lines.waiting) else self._plain(lines)

    def _plain(self, lines: "_Lines") -> FeedBlock:
        number, taken = lines.number, lines.all_waiting()
        raw = b"".join(taken)
        digest = self._digest(raw) if raw.endswith(b"\n") else None
        return FeedBlock(number, len(taken), digest, partial(self._each, number, taken))

    def _each(self, number: int, lines: Sequence[bytes]) -> Sequence[FeedLine]:
        digest = self._digest
        return [FeedLine(n, digest(raw) if raw.endswith(b"\n") else None) for n, raw in enumerate(lines, number)]

    def _with_quotes(self, lines: "_Lines") -> FeedBlock:
        """A block of which a row may go on behind what was cut."""
        number, found = lines.number, list[FeedLine]()
        for row in rows_in(self._file, lines):
            found.append(FeedLine(row.line, None if row.raw is None else self._digest(row.raw)))
            if not lines.waiting or lines.size > _LARGEST:
                break
        taken = lines.taken
        whole = all(line.digest is not None for line in found)
        return FeedBlock(number, len(taken), self._digest(b"".join(taken)) if whole else None, lambda: found)


class _Lines:
    """Lines with their numbers, one block after another: those that wait, and behind them as many as a row goes on."""

    def __init__(self, cuts: Iterator[Sequence[bytes]], number: int) -> None:
        self.number, self.size = number, 0
        self.taken: list[bytes] = []
        self.waiting: deque[bytes] = deque()
        self._cuts = cuts

    def begin(self) -> bool:
        """Begin a block with what waits, or with what is cut next; whether there is any."""
        self.taken, self.size = [], 0
        self.waiting.extend(() if self.waiting else next(self._cuts, ()))
        return bool(self.waiting)

    def all_waiting(self) -> Sequence[bytes]:
        """Take all that waits."""
        self.taken.extend(self.waiting)
        self.waiting.clear()
        self.number += len(self.taken)
        return self.taken

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> tuple[int, bytes]:
        if not self.waiting:
            self.waiting.extend(next(self._cuts))
        raw = self.waiting.popleft()
        self.taken.append(raw)
        self.size += len(raw)
        self.number += 1
        return self.number - 1, raw


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
        if len(held) > _MOST or sum(map(len, held)) > _LARGEST:
            yield held
            held = []
    if held:
        yield held
