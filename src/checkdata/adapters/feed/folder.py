"""A folder of CSV files as a feed."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Generic, NamedTuple, Protocol, TypeVar

from attrs import frozen

from checkdata.adapters.feed import formats
from checkdata.adapters.feed.row_reader import read_in_rows
from checkdata.adapters.feed.tables import FeedFile, FileFormat, ReadRow
from checkdata.domain import ports
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import KnownIds, NamedIds, References, RowFault
from checkdata.domain.feed.pieces import RecordPiece
from checkdata.domain.training.teacher_records import TeacherRecord

Thing = TypeVar("Thing")

MOST_FAULTS: Final = 10_000
"""How many faults of training records are kept, so that they can be told again of the same file."""


class FolderFeed:
    """The feed in a folder; faults of its rows are told to *rejections*.

    Raises `FeedRefused` where there is no folder or no ``training_records.csv`` in it, and while reading, where all of
    it is refused. Of training and teacher records none is kept. With *in_columns*, training records are read many at
    once, by polars; unless set, they are where that is installed.
    """

    def __init__(self, folder: Path, rejections: ports.Rejections, *, in_columns: bool | None = None) -> None:
        self._folder = folder
        self._rejections = rejections
        self._in_columns = find_spec("polars") is not None if in_columns is None else in_columns
        self._present = _files_in(folder)
        self._warnings = [
            f"{name} is not a file of a feed: it is ignored."
            for name in sorted(self._present - set(formats.FILES))
            if name.isprintable() and name.lower().endswith(".csv")
        ]
        self._has_unnamed_rows = False
        self._training_faults: list[RowFault] = []

    def references(self, known: KnownIds, /) -> References:
        """The reference files that are present; agreements may refer to what is known or in the feed."""
        leads = self._reference_file(formats.LEAD_PROVIDERS)
        partners = self._reference_file(formats.DELIVERY_PARTNERS)
        bodies = self._reference_file(formats.APPROPRIATE_BODIES)
        schools = self._reference_file(formats.SCHOOLS)
        ids = known.including(References(lead_providers=leads.things, delivery_partners=partners.things))
        agreements = self._reference_file(formats.agreements(ids))
        return References(
            lead_providers=leads.things,
            delivery_partners=partners.things,
            appropriate_bodies=bodies.things,
            schools=schools.things,
            agreements=agreements.things,
            named=NamedIds(
                lead_providers=leads.named,
                delivery_partners=partners.named,
                appropriate_bodies=bodies.named,
                schools=schools.named,
                agreements=agreements.named,
            ),
        )

    def teacher_records(self) -> Iterator[TeacherRecord]:
        """The good rows of ``teacher_records.csv``, as they are read."""
        if formats.TEACHER_RECORDS.file in self._present:
            rows = _once(self._rows(formats.TEACHER_RECORDS), formats.TEACHER_RECORDS, _Trns())
            yield from (row.thing for row in rows if row.thing is not None)

    def training_records(self, known: KnownIds, /, *, strict: bool = False) -> Iterator[RecordPiece]:
        """The rows of ``training_records.csv``, as they are read; with *strict*, none behind the first refused one."""
        self._has_unnamed_rows = False
        self._training_faults.clear()
        told = _Overheard(self._rejections, self._training_faults)
        read = _read_in_columns() if self._in_columns else read_in_rows
        yield from read(self._file(formats.training_records(known), told), strict=strict, unnamed=self._note_unnamed)

    def _note_unnamed(self) -> None:
        self._has_unnamed_rows = True

    @property
    def has_unnamed_rows(self) -> bool:
        """Whether a row of ``training_records.csv`` was met whose record id can't be read."""
        return self._has_unnamed_rows

    def fingerprint(self) -> str:
        """The SHA-256 of ``training_records.csv``."""
        try:
            with (self._folder / formats.TRAINING_RECORDS_FILE).open("rb") as file:
                return file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise FeedRefused(
                f"{formats.TRAINING_RECORDS_FILE} can't be read: {error.strerror}. Nothing was loaded."
            ) from error

    @property
    def training_faults(self) -> Sequence[RowFault] | None:
        """The faults of the rows of ``training_records.csv`` that were told so far, unless they are very many."""
        return None if len(self._training_faults) > MOST_FAULTS else tuple(self._training_faults)

    @property
    def warnings(self) -> Sequence[str]:
        """Sentences about what was ignored so far."""
        return tuple(self._warnings)

    def _rows(self, file_format: FileFormat[Thing]) -> Iterator[ReadRow[Thing]]:
        return self._file(file_format).rows()

    def _file(self, file_format: FileFormat[Thing], rejections: ports.Rejections | None = None) -> FeedFile[Thing]:
        return FeedFile(
            folder=self._folder,
            format=file_format,
            rejections=rejections or self._rejections,
            warn=self._warnings.append,
        )

    def _reference_file(self, file_format: FileFormat[Thing]) -> "_ReferenceFile[Thing]":
        if file_format.file not in self._present:
            return _ReferenceFile(None, None)
        rows = list(_once(self._rows(file_format), file_format, set()))
        named = {row.values[file_format.key] for row in rows if file_format.key in row.values}
        return _ReferenceFile(
            [row.thing for row in rows if row.thing is not None],
            named if all(row.named for row in rows) else None,
        )


@frozen
class _Overheard:
    """Rejections whose faults are kept too, up to one more than `MOST_FAULTS`."""

    told: ports.Rejections
    kept: list[RowFault]

    def add(self, fault: RowFault, /) -> None:
        self.told.add(fault)
        if len(self.kept) <= MOST_FAULTS:
            self.kept.append(fault)

    @property
    def rows(self) -> int:
        return self.told.rows


class _ReferenceFile(NamedTuple, Generic[Thing]):
    """Good rows, and the ids that the file names; None where nothing can be told from it."""

    things: Sequence[Thing] | None
    named: AbstractSet[str] | None


class _Keys(Protocol):
    """Keys met so far."""

    def __contains__(self, key: str, /) -> bool: ...

    def add(self, key: str, /) -> None: ...


class _Trns:
    """A set of TRNs in ten megabytes, however many there are."""

    def __init__(self) -> None:
        self._met = bytearray(10_000_000)

    def __contains__(self, trn: str, /) -> bool:
        return bool(self._met[int(trn)])

    def add(self, trn: str, /) -> None:
        self._met[int(trn)] = True


def _once(rows: Iterable[ReadRow[Thing]], file_format: FileFormat[Thing], met: _Keys) -> Iterator[ReadRow[Thing]]:
    """The same rows; refuses the feed where a key, of a refused row too, was met before."""
    for row in rows:
        key = row.values.get(file_format.key)
        if key is not None:
            if key in met:
                raise FeedRefused(
                    f"{file_format.file}: the {file_format.key} on line {row.line} stands on an earlier line too. "
                    "Nothing was loaded. Keep one of the two rows and import the feed again."
                )
            met.add(key)
        yield row


def _read_in_columns() -> Callable[..., Iterator[RecordPiece]]:
    """What reads in columns, loaded only when it is used."""
    from checkdata.adapters.feed.columns import read_in_columns  # noqa: PLC0415 - polars may not be there

    return read_in_columns


def _files_in(folder: Path) -> set[str]:
    try:
        present = {entry.name for entry in folder.iterdir()}
    except FileNotFoundError as error:
        raise FeedRefused(f"There is no folder {folder}. Give the folder of the feed.") from error
    except NotADirectoryError as error:
        raise FeedRefused(f"{folder} is a file. Give the folder of the feed, in which its CSV files are.") from error
    except OSError as error:
        raise FeedRefused(f"The folder {folder} can't be read: {error.strerror}.") from error
    if formats.TRAINING_RECORDS_FILE not in present:
        raise FeedRefused(
            f"There is no {formats.TRAINING_RECORDS_FILE} in {folder}. Nothing was loaded. Give the folder of a feed."
        )
    return present


_conforms: type[ports.Feed] = FolderFeed
