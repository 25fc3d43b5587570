"""``rejected.csv``: why each refused row was refused (feed.md, *What a bad feed gets*)."""

import csv
from array import array
from bisect import bisect_left
from fcntl import LOCK_EX, LOCK_NB, flock
from heapq import merge
from operator import itemgetter
from os import fstat
from os.path import samestat
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from checkdata.domain import ports
from checkdata.domain.errors import FolderNotWritable, FolderTaken
from checkdata.domain.feed.contents import RowFault
from checkdata.domain.listing.columns import csv_writer

NAME: Final = "rejected.csv"
HEADER: Final = ("file", "line", "column", "rule")

_Place = tuple[int, int]
"""Where a refused row stands: the number of its file, in the order in which files were read, and its line."""


def report_folder_beside(feed: Path) -> Path:
    """Where the report on a feed goes unless set: ``feeds/march`` has ``feeds/march-report`` beside it."""
    whole = feed.resolve()
    return whole.with_name(f"{whole.name}-report")


class RejectionReport:
    """Writes ``rejected.csv`` into a folder, which is made if need be: entered, a new one begins; left, it is whole.

    Rows stand in the order of files and lines. It is written when there is nothing to tell too, and replaces the one
    of an earlier run. Only one import at a time writes it. Raises `FolderNotWritable` and `FolderTaken`.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._unfinished = folder / f"{NAME}.unfinished"
        self._file: IO[str]
        self._numbers: dict[str, int] = {}
        self._newest: _Place = (0, 0)
        self._written: dict[int, array[int]] = {}
        self._late: dict[_Place, list[RowFault]] = {}
        self._rows = 0

    @property
    def path(self) -> Path:
        """Where the report is."""
        return self._path

    @property
    def rows(self) -> int:
        """How many rows were refused so far; a row with several faults counts once."""
        return self._rows

    def add(self, fault: RowFault, /) -> None:
        """Write a fault; one of a row before the newest is kept and comes into its place at the end."""
        place = (self._numbers.setdefault(fault.file, len(self._numbers)), fault.line)
        if place < self._newest:
            self._keep(place, fault)
            return
        if place != self._newest:
            self._rows += 1
            self._newest = place
            self._written.setdefault(place[0], array("q")).append(fault.line)
        csv_writer(self._file).writerow(_cells(fault))

    def __enter__(self) -> Self:
        """Begin a new report; the old one is gone."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._begun_alone()
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise FolderNotWritable(
                f"The report can't be written to {self._path.parent}: {error.strerror}. Nothing was loaded. "
                "Choose a folder that you can write to."
            ) from error
        csv_writer(self._file).writerow(HEADER)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Finish the report, whatever became of the import."""
        with self._file as file:  # closed last, because another import may then begin one
            file.flush()
            if self._late:
                in_order = self._unfinished.with_suffix(".sorted")
                self._write_in_order(in_order)
                in_order.replace(self._path)
                self._unfinished.unlink()
            else:
                self._unfinished.replace(self._path)

    def _begun_alone(self) -> IO[str]:
        """The file, empty and locked; the lock ends with this process, however that ends."""
        while True:
            file = self._unfinished.open("a", encoding="utf-8", newline="")
            try:
                flock(file, LOCK_EX | LOCK_NB)
                if self._is_still(file):
                    file.truncate(0)
                    return file
            except BlockingIOError:
                file.close()
                raise FolderTaken(
                    f"Another import is running and writes its report to {self._path.parent}. Nothing was loaded. "
                    "Try again when it has finished."
                ) from None
            file.close()

    def _is_still(self, file: IO[str]) -> bool:
        """Whether a file is the one of its name; the import that held it may have finished it just now."""
        try:
            return samestat(fstat(file.fileno()), self._unfinished.stat())
        except FileNotFoundError:
            return False

    def _keep(self, place: _Place, fault: RowFault) -> None:
        if place not in self._late and not self._is_written(place):
            self._rows += 1
        self._late.setdefault(place, []).append(fault)

    def _is_written(self, place: _Place) -> bool:
        number, line = place
        lines = self._written.get(number, array("q"))
        found = bisect_left(lines, line)
        return found < len(lines) and lines[found] == line

    def _write_in_order(self, path: Path) -> None:
        with path.open("w", encoding="utf-8", newline="") as file, self._unfinished.open(encoding="utf-8") as written:
            rows = csv.reader(written)
            writer = csv_writer(file)
            writer.writerow(next(rows))
            late = ((place, _cells(fault)) for place in sorted(self._late) for fault in self._late[place])
            in_time = (((self._numbers[row[0]], int(row[1])), row) for row in rows)
            writer.writerows(row for _, row in merge(in_time, late, key=itemgetter(0)))


def _cells(fault: RowFault) -> list[str]:
    return [fault.file, str(fault.line), fault.column, fault.rule]


_conforms: type[ports.Rejections] = RejectionReport
