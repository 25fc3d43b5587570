"""The training records of a feed on their way in: read or recalled, judged together, and merged."""

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from attrs import define, evolve, field

from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import Changes, KnownIds, RowFault
from checkdata.domain.feed.last_verdict import Reading, reading_key
from checkdata.domain.ports import Feed, FeedStore, Rejections

TRAINING_RECORDS: Final = "training_records.csv"
IN_TWO_ROLES: Final = "in two roles"
DELETED_UNASKED_PERCENT: Final = 10
"""How much of the training records a complete feed may leave out before deletions have to be allowed."""

Row = TypeVar("Row")


@define(kw_only=True)
class TakingIn:
    """Takes the training records of one feed in: `stage` reads them, `merge` puts them in the place of what is stored.

    The file that was merged last, validated by the same rules, is not read again: its result is repeated.
    ``warnings`` are those of a file that was not read; the feed has its own.
    """

    store: FeedStore
    feed: Feed
    rejections: Rejections
    known: KnownIds
    strict: bool
    complete: bool
    warnings: tuple[str, ...] = field(init=False, default=())
    _fresh: Reading | None = field(init=False, default=None)
    _recalled: Reading | None = field(init=False, default=None)

    def stage(self) -> None:
        """Take the rows in as they are read; the first bad one refuses a strict import."""
        key, before = self._key(), self.store.reading()
        if before is not None and before.key == key:
            self._recall(before)
            return
        told = len(self.feed.warnings)
        self.store.take_in(self.judged(self.feed.training_records(self.known, strict=self.strict)))
        faults = self.feed.training_faults
        if key is not None and key == self._key() and faults is not None and not self.feed.has_unnamed_rows:
            warnings = tuple(self.feed.warnings[told:])
            self._fresh = Reading(key=key, good=0, faults=tuple(faults), warnings=warnings)

    def merge(self, *, allow_deletions: bool) -> Changes:
        """Judge the rows together and merge them; raises `FeedRefused` where all of it is refused."""
        if self._recalled is not None:
            return Changes(unchanged=self._recalled.good)
        tells_all = self.complete and not self.feed.has_unnamed_rows
        compared = self.store.compare(complete=tells_all)
        _refuse_duplicates(compared.duplicate_line)
        conflicts = self._refuse_role_conflicts(compared.role_conflicts)
        if tells_all and not allow_deletions:
            _refuse_many_deletions(compared.missing, compared.stored)
        changes = self.store.merge(compared.role_conflicts)
        self._remember(changes, conflicts)
        return changes

    def judged(self, rows: Iterable[Row]) -> Iterable[Row]:
        """The rows; the first bad one refuses a strict import."""
        return _until_first_refusal(rows, self.rejections) if self.strict else rows

    def record(self) -> None:
        """Keep the validation result of the file, or that none is known of the one merged last."""
        if self._recalled is None:
            self.store.record_reading(self._fresh)

    def _key(self) -> str | None:
        fingerprint = self.feed.fingerprint()
        return None if fingerprint is None else reading_key(fingerprint, self.known, complete=self.complete)

    def _recall(self, reading: Reading) -> None:
        for fault in reading.faults:
            self.rejections.add(fault)
        if self.strict:
            refuse_at_first(self.rejections)
        self._recalled, self.warnings = reading, reading.warnings

    def _remember(self, changes: Changes, conflicts: tuple[RowFault, ...]) -> None:
        good = changes.added + changes.changed + changes.unchanged
        if self._fresh is not None:
            self._fresh = evolve(self._fresh, good=good, faults=(*self._fresh.faults, *conflicts))

    def _refuse_role_conflicts(self, lines: Iterable[int]) -> tuple[RowFault, ...]:
        faults = tuple(RowFault(TRAINING_RECORDS, line, "participant_id", IN_TWO_ROLES) for line in lines)
        for fault in faults:
            self.rejections.add(fault)
        if self.strict:
            refuse_at_first(self.rejections)
        return faults


def refuse_at_first(rejections: Rejections) -> None:
    """Refuse a strict import once a row was refused."""
    if rejections.rows:
        raise FeedRefused(
            "The feed has a bad row, and the import is strict. Nothing was loaded. Correct the row that the report "
            "names."
        )


def _until_first_refusal(rows: Iterable[Row], rejections: Rejections) -> Iterator[Row]:
    for row in rows:
        refuse_at_first(rejections)
        yield row
    refuse_at_first(rejections)


def _refuse_duplicates(line: int | None) -> None:
    if line is not None:
        raise FeedRefused(
            f"{TRAINING_RECORDS}: the record_id on line {line} stands on an earlier line too. "
            "Nothing was loaded. Keep one of the two rows and import the feed again."
        )


def _refuse_many_deletions(missing: int, stored: int) -> None:
    if missing * 100 > stored * DELETED_UNASKED_PERCENT:
        raise FeedRefused(
            f"The feed leaves out {missing:,} of the {stored:,} training records, more than "
            f"{DELETED_UNASKED_PERCENT} %. Nothing was loaded. If they are gone, allow deletions."
        )
