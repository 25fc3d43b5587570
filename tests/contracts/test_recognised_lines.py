"""A row that a stored record was made of is not read again; the outcome must be that of reading every row."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.memory import MemoryRejections, MemoryStorage
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import Changes, FeedRow, KnownIds
from checkdata.domain.feed.record_words import CheckedRow
from checkdata.domain.ports import Storage
from tests.contracts.operators import BODY, NORTH, Operator, row
from tests.contracts.units_of_work import read_store
from tests.feeds import PLAIN, REFERENCES, Layout, RawRow, write_feed, write_file
from tests.strategies import TODAY


class Whole(FolderFeed):
    """A feed of which every row is always read."""

    def fingerprint(self) -> str | None:  # type: ignore[override]  # as a feed may
        return None


class Noting(FolderFeed):
    """A feed that notes which of its rows are read."""

    lines: Sequence[int] = ()

    def training_records(self, known: KnownIds, /, only: Iterable[int] | None = None) -> Iterator[FeedRow | CheckedRow]:
        for read_row in super().training_records(known, only):
            self.lines = [*self.lines, read_row.line]
            yield read_row


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    return Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))


def lines_read(operator: Operator, **options: bool) -> tuple[list[int], Changes]:
    rejections = MemoryRejections()
    feed = Noting(operator.folder, rejections)
    outcome = operator.import_feed.load(feed, rejections, today=TODAY, **options)
    return list(feed.lines), outcome.records


MANY: Final = tuple(row(record_id=f"many{number}", full_name=f"Zoë {number}") for number in range(120))
"""Rows of some ten blocks."""

THREE: Final = tuple(row(record_id=f"r{number}") for number in range(3))


def test_of_a_feed_with_news_the_news_are_read(operator: Operator) -> None:
    operator.write(*THREE)
    operator.load()
    operator.write(THREE[2], row(record_id="r1", full_name="Renamed"), row(record_id="r9"), THREE[0])
    assert lines_read(operator) == ([3, 4], Changes(added=1, changed=1, unchanged=2))
    operator.write(*THREE)
    assert lines_read(operator) == ([3], Changes(changed=1, unchanged=2))


def test_a_row_of_which_only_the_line_differs_is_read_once_and_known_then(operator: Operator) -> None:
    operator.write(*THREE)
    operator.load()
    write_file(operator.folder, "training_records", THREE, Layout(quoting=csv.QUOTE_ALL))
    assert lines_read(operator) == ([2, 3, 4], Changes(unchanged=3))
    write_file(operator.folder, "training_records", THREE[:2], Layout(quoting=csv.QUOTE_ALL))
    assert lines_read(operator) == ([], Changes(unchanged=2))


def test_under_other_columns_every_row_is_read(operator: Operator) -> None:
    operator.write(*THREE)
    operator.load()
    columns = ["another", *THREE[0]]
    write_file(operator.folder, "training_records", THREE, Layout(columns={"training_records": columns}))
    assert lines_read(operator) == ([2, 3, 4], Changes(unchanged=3))


def test_what_a_complete_feed_leaves_out_goes_though_nothing_of_it_is_read(operator: Operator) -> None:
    operator.write(*THREE)
    operator.load()
    operator.write(THREE[2])
    assert lines_read(operator, complete=True, allow_deletions=True) == ([], Changes(unchanged=1, removed=2))


def test_a_line_that_is_there_twice_refuses_the_feed_by_the_second(operator: Operator) -> None:
    operator.write(*THREE)
    operator.load()
    operator.write(*THREE, THREE[1], row(record_id="r9"))
    with pytest.raises(FeedRefused, match="record_id on line 5 stands on an earlier line too"):
        operator.load()


def test_rows_that_are_all_there_twice_refuse_the_feed_by_the_first_second(operator: Operator) -> None:
    operator.write(*MANY)
    operator.load()
    operator.write(*MANY, *MANY, row(record_id="r9"))
    with pytest.raises(FeedRefused, match="record_id on line 122 stands on an earlier line too"):
        operator.load()


def test_rows_that_were_refused_together_are_judged_again_wherever_they_stand(operator: Operator) -> None:
    operator.write(*MANY)
    operator.load()
    other = row(record_id="r9", participant_id=MANY[50]["participant_id"], role="mentor")
    operator.write(*MANY, other)
    assert operator.load().records == Changes(unchanged=119)
    operator.write(*MANY, other, row(record_id="r8"))
    assert operator.load().records == Changes(added=1, unchanged=119)
    assert [fault.line for fault in operator.faults] == [52, 122]
    operator.write(*MANY)
    assert lines_read(operator) == ([], Changes(unchanged=120))


def test_a_known_row_of_a_participant_in_two_roles_is_refused_with_the_new_one(operator: Operator) -> None:
    operator.write(*THREE)
    operator.load()
    operator.write(*THREE, row(record_id="r9", participant_id="p-r1", role="mentor"))
    assert operator.load().records == Changes(unchanged=2)
    assert [fault.line for fault in operator.faults] == [3, 5]


class Growing(FolderFeed):
    """A feed to which another process adds a row while it is read."""

    def training_records(self, known: KnownIds, /, only: Iterable[int] | None = None) -> Iterator[FeedRow | CheckedRow]:
        write_file(self._folder, "training_records", [*THREE, row(record_id="late")])
        return super().training_records(known, only)


def test_a_file_that_is_written_to_meanwhile_is_refused_as_a_whole(operator: Operator) -> None:
    operator.write(*THREE)
    operator.load()
    operator.write(*THREE[:2], row(record_id="r2", full_name="Renamed"))
    before = operator.everything()
    rejections = MemoryRejections()
    with pytest.raises(FeedRefused, match="written to while it was read"):
        operator.import_feed.load(Growing(operator.folder, rejections), rejections, today=TODAY)
    assert operator.everything() == before


ROWS: Final = st.builds(
    row,
    record_id=st.sampled_from(("r1", "r2", "r3", "r4", "r5", "")),
    participant_id=st.sampled_from(("p1", "p2", "p3")),
    role=st.sampled_from(("ect", "ect", "ect", "mentor")),
    full_name=st.sampled_from(("Ann", 'Zoë "Z", Smith', "a\nb")),
    email=st.sampled_from(("a@b.example", "bad")),
    appropriate_body_id=st.sampled_from(("", "both")),
)
FEEDS: Final = st.lists(ROWS, max_size=6, unique_by=lambda cells: cells["record_id"]) | st.lists(ROWS, max_size=5)
LAYOUTS: Final = st.sampled_from(
    (PLAIN, PLAIN, Layout(quoting=csv.QUOTE_ALL), Layout(line_end="\r\n"), Layout(ends_last_line=False))
)
STEPS: Final = st.lists(
    st.tuples(FEEDS, LAYOUTS, st.sets(st.sampled_from(("strict", "complete", "allow_deletions")))),
    min_size=2,
    max_size=4,
)


def with_many(rows: Sequence[RawRow], gone: Iterable[int], at: int, *, turned: bool) -> list[RawRow]:
    """Some of many rows that are mostly the same from feed to feed, with others among them."""
    left = [found for number, found in enumerate(MANY) if number not in gone]
    return [*left[at:], *rows, *left[:at]] if turned else [*left[:at], *rows, *left[at:]]


MOST_ARE_KNOWN: Final = st.lists(
    st.tuples(
        st.builds(
            with_many,
            FEEDS | st.lists(st.sampled_from((*MANY[:3], *(found | {"full_name": "a\nb"} for found in MANY[:3])))),
            st.sets(st.integers(0, 119), max_size=4) | st.just(range(3)),
            st.integers(0, 120),
            turned=st.booleans(),
        ),
        LAYOUTS,
        st.sets(st.sampled_from(("strict", "complete", "allow_deletions"))),
    ),
    min_size=2,
    max_size=5,
)


def outcome_of(storage: Storage, folder: Path, kind: type[FolderFeed], options: Iterable[str]) -> Any:  # noqa: ANN401 - only to be compared
    rejections = MemoryRejections()
    operator = Operator(storage, folder)
    told: Any
    try:
        outcome = operator.import_feed.load(
            kind(folder, rejections), rejections, today=TODAY, **dict.fromkeys(options, True)
        )
        told = outcome.records, outcome.relisted, outcome.refused_rows, outcome.warnings
    except FeedRefused as refused:
        told = str(refused)
    faults = sorted((fault.line, fault.column, fault.rule) for fault in rejections.faults)
    stored = read_store(storage, lambda store: store.stored())
    return told, faults, stored, operator.listed(NORTH), operator.listed(BODY)


def the_same_as_reading_all(storage: Storage, steps: Sequence[tuple[Sequence[RawRow], Layout, Iterable[str]]]) -> None:
    plain = MemoryStorage()
    with TemporaryDirectory() as name:
        folder = write_feed(Path(name), references=REFERENCES)
        # Whatever the storage holds goes first.
        outcome_of(storage, folder, FolderFeed, ("complete", "allow_deletions"))
        outcome_of(plain, folder, Whole, ())
        for rows, layout, options in steps:
            write_file(folder, "training_records", rows, layout)
            quick = outcome_of(storage, folder, FolderFeed, options)
            assert quick == outcome_of(plain, folder, Whole, options)


@settings(max_examples=60)
@given(STEPS)
def test_in_memory_it_is_the_same_as_reading_every_row(
    steps: Sequence[tuple[Sequence[RawRow], Layout, Iterable[str]]],
) -> None:
    the_same_as_reading_all(MemoryStorage(), steps)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_in_any_storage_it_is_the_same_as_reading_every_row(
    storage: Storage, steps: Sequence[tuple[Sequence[RawRow], Layout, Iterable[str]]]
) -> None:
    the_same_as_reading_all(storage, steps)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOST_ARE_KNOWN)
def test_in_any_storage_what_is_known_in_blocks_is_the_same_as_reading_every_row(
    storage: Storage, steps: Sequence[tuple[Sequence[RawRow], Layout, Iterable[str]]]
) -> None:
    the_same_as_reading_all(storage, steps)
