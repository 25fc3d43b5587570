"""What is stored comes back the same from both databases."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Column, Date, Engine, Integer, MetaData, Table, insert, select

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.adapters.sql.feed_schema import teacher_records
from checkdata.adapters.sql.feed_store.records import TEACHER_FIELDS
from checkdata.adapters.sql.generation_schema import listing_columns, training_records
from checkdata.domain.feed.pieces import PIECE_FIELDS

TABLE = Table(
    "things",
    MetaData(),
    Column("number", Integer, primary_key=True),
    Column("at", Moment),
    Column("on", Date),
    Column("words", Words),
)
MOMENTS = [
    datetime(2024, 2, 29, 23, 59, 59, 999999, UTC),
    datetime(2024, 6, 1, 0, 0, 0, 0, timezone(timedelta(hours=1))),
    datetime(2024, 6, 1, 0, 0, 0, 1, timezone(-timedelta(hours=11, minutes=30))),
    datetime(1950, 1, 1, tzinfo=UTC),
    None,
]
DATES = [date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31), date(999, 1, 2), None]
WORDS = ["", "É\u0301ß", "a\nb\\c'\"%_", "\\N", "😀"]
ROWS = list(zip(range(5), MOMENTS, DATES, WORDS, strict=True))


@pytest.fixture
def table(empty_engine: Engine) -> Table:
    TABLE.create(empty_engine)
    return TABLE


def stored(engine: Engine) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(TABLE).order_by(TABLE.c.number))]


@pytest.mark.usefixtures("table")
def test_rows_come_back_as_they_were_written_in_bulk(empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        fill(connection, TABLE, ROWS)
    assert stored(empty_engine) == ROWS


@pytest.mark.usefixtures("table")
def test_rows_that_are_written_in_bulk_and_one_by_one_are_the_same_to_the_database(empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        fill(connection, TABLE, ROWS)
        for number, moment, day, words in ROWS:
            connection.execute(insert(TABLE), {"number": number + 5, "at": moment, "on": day, "words": words})
        both = [TABLE.c.at, TABLE.c.on, TABLE.c.words]
        assert len(connection.execute(select(*both).distinct()).all()) == len(ROWS)


@pytest.mark.usefixtures("table")
def test_a_moment_comes_back_in_utc(empty_engine: Engine) -> None:
    with empty_engine.begin() as connection:
        fill(connection, TABLE, ROWS)
    offsets = {moment.utcoffset() for _, moment, _, _ in stored(empty_engine) if moment is not None}
    assert offsets == {timedelta(0)}


@pytest.mark.usefixtures("table")
def test_a_moment_without_its_offset_is_refused(empty_engine: Engine) -> None:
    naive = datetime(2024, 6, 1)  # noqa: DTZ001 - that is the point
    with empty_engine.begin() as connection, pytest.raises(Exception, match="needs its offset"):
        connection.execute(insert(TABLE), {"at": naive})


@pytest.mark.usefixtures("table")
def test_words_are_ordered_by_code_point(empty_engine: Engine) -> None:
    words = ["b", "B", "a", "é", "z", "_", "", "A", "ſ", "😀", "\uffff"]
    with empty_engine.begin() as connection:
        fill(connection, TABLE, [(n, None, None, word) for n, word in enumerate(words)])
        found = connection.execute(select(TABLE.c.words).order_by(TABLE.c.words)).scalars().all()
    assert found == sorted(words)


def test_records_have_a_column_for_each_field_in_their_order() -> None:
    assert training_records.columns.keys() == [*PIECE_FIELDS]
    assert teacher_records.columns.keys() == [*TEACHER_FIELDS, "person_key"]


def test_both_listings_have_the_same_columns_but_for_the_organisation() -> None:
    first, second = ([column.name for column in listing_columns(name)] for name in ("one", "other"))
    assert first[1:] == second[1:]
