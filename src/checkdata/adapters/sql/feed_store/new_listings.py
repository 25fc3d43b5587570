"""The listings of the next generation, written in their order, and what they change of those before."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any, Final, cast

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from checkdata.adapters.sql.feed_schema import HISTORY_COLUMNS
from checkdata.adapters.sql.feed_store.kind_examples import KindExamples
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration, Task, analyzing
from checkdata.adapters.sql.feed_store.work_tables import (
    changed_rows,
    derived_rows,
    other_schools,
    places,
    school_names,
)
from checkdata.adapters.sql.generation_schema import before, listing_columns, training_records
from checkdata.adapters.sql.listing_fields import COLUMN_OF
from checkdata.adapters.sql.listings import Listing
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.listing.history import VERSIONED

_ORDER: Final = ("sort_key", "full_name", "participant_id")


Half = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""A condition on the key of an organisation."""


class NewListing:
    """One listing of the next generation."""

    def __init__(self, making: NextGeneration, listing: Listing) -> None:
        self._making = making
        self._listing = listing
        self._columns = [column.name for column in listing_columns(listing.organisation)]
        self._written = ["pos", "csv_line", *self._columns, "shown_from"]
        self._derived = derived_rows[listing.rows.name]
        self._versioned = [COLUMN_OF[name] for name in VERSIONED[listing.viewer]]

    def write(self, examples: KindExamples, today: date, *looking: Task) -> None:
        """Write the rows of all participants in their places, with what is kept beside them; then look at the rows."""
        making, rows, words = self._making, self._listing.rows, self._listing.words
        organisations = rows.c[self._listing.organisation]
        if making.on_postgresql:
            found = self._found(examples).subquery("found")
            making.side_by_side(*(partial(self._write_rows, found, today, half) for half in self._halves()))
        else:
            self._write_in_places(examples, today)
        making.side_by_side(
            _all(self._write_words, *making.indexes(words), analyzing(*words.c)),
            _all(
                *making.indexes(rows),
                analyzing(organisations, rows.c.participant_id, rows.c.pos),
                self._count,
                *making.indexes(self._listing.tallies),
                *looking,
            ),
            *([self._note_changes] if making.follows else []),
        )

    def _found(self, examples: KindExamples) -> CompoundSelect[Any]:
        own = select(*self._derived.c, literal(1).label("single"))
        return examples.rows(self._listing).add_columns(literal(0).label("single")).union_all(own)

    def _halves(self) -> Sequence[Half]:
        """What parts the organisations, as near as can be in two halves of the rows."""
        key = training_records.c[self._listing.organisation]
        counted = select(key, func.count()).where(key.is_not(None)).group_by(key).order_by(key)
        numbers = self._making.connection.execute(counted).all()
        total, reached = sum(number for _, number in numbers), 0
        for name, number in numbers:
            reached += number
            if reached * 2 >= total:
                return [_up_to(name), _behind(name)]
        return [_whole]

    def _write_rows(self, found: FromClause, today: date, half: Half, connection: Connection) -> None:
        """Put the rows of some organisations in order as a whole."""
        pos, order = self._order(found)
        self._insert(self._placed(found, pos, today, half).order_by(*order), connection)

    def _write_in_places(self, examples: KindExamples, today: date) -> None:
        """The same where only their keys are put in order first, because SQLite is slow to order what is wide."""
        connection, organisation = self._making.connection, self._listing.organisation
        alike = examples.keys(self._listing, _ORDER).add_columns(
            literal(value=False).label("single"), _row_of(training_records)
        )
        own = select(
            *(self._derived.c[name] for name in (organisation, *_ORDER)), literal(value=True), _row_of(self._derived)
        )
        keys = alike.union_all(own).subquery()
        pos, order = self._order(keys)
        connection.execute(delete(places))
        placed = select(pos, keys.c.single, keys.c.row).order_by(*order)
        connection.execute(insert(places).from_select(["pos", "single", "row"], placed))
        for single, rows, table in (
            (0, examples.rows(self._listing), training_records),
            (1, select(*self._derived.c).select_from(self._derived), self._derived),
        ):
            here = rows.add_columns(literal(single).label("single"), places.c.pos, places.c.n)
            found = here.join(places, and_(places.c.single == single, places.c.row == _row_of(table))).subquery("found")
            self._insert(self._placed(found, found.c.pos, today, _whole).order_by(found.c.n), connection)

    def _insert(self, placed: Select[Any], connection: Connection) -> None:
        connection.execute(insert(self._listing.rows).from_select(self._written, placed))

    def _order(self, rows: FromClause) -> tuple[ColumnElement[int], Sequence[ColumnElement[Any]]]:
        """The place of a row, and what all rows are ordered by."""
        organisation, keys = rows.c[self._listing.organisation], [rows.c[name] for name in _ORDER]
        return func.row_number().over(partition_by=organisation, order_by=keys).label("pos"), [organisation, *keys]

    def _placed(self, found: FromClause, pos: ColumnElement[int], today: date, half: Half) -> Select[Any]:
        """The cells of a listing in the order of `_written`, of some organisations."""
        cells, organisation = self._cells(found, today), self._listing.organisation
        old = before(self._listing.rows)
        same = and_(self._same(found, old), half(old.c[organisation]))  # else all of the other half are read as well
        source = found.join(old, same, isouter=True) if self._making.follows else found
        placed = select(pos, *(cells[name].label(name) for name in self._written[1:])).select_from(source)
        return placed.where(half(found.c[organisation]))

    def differing(self) -> int:
        """How many rows are new, differ, or are gone."""
        if not self._making.follows:
            return self._number(select(func.coalesce(func.sum(self._listing.tallies.c.number), 0)))
        new, ended = self._listing.rows, changed_rows[self._listing.rows.name]
        begun = self._number(select(func.count()).where(new.c.shown_from == self._making.number))
        return begun + self._number(select(func.count()).where(or_(ended.c.gone, ended.c.stands)))

    def _note_changes(self, connection: Connection) -> None:
        """Note the rows of the generation before that are gone or differ, among them the versions that end."""
        new, old, changed = self._listing.rows, before(self._listing.rows), changed_rows[self._listing.rows.name]
        gone, stands = new.c.participant_id.is_(None), new.c.shown_from == old.c.shown_from
        unversioned = ["csv_line", *(name for name in self._columns if name not in self._versioned)]
        otherwise = or_(*(new.c[name].is_distinct_from(old.c[name]) for name in unversioned))
        names = [self._listing.organisation, "participant_id", "shown_from", *HISTORY_COLUMNS]
        found = select(gone, func.coalesce(stands, literal(value=False)), *(old.c[name] for name in names))
        joined = found.select_from(old.join(new, self._same(new, old), isouter=True))
        rows = joined.where(or_(gone, ~stands, otherwise))
        connection.execute(insert(changed).from_select(["gone", "stands", *names], rows))

    def ended_versions(self) -> Select[Any]:
        """The versions that end with this import, as rows of the history."""
        changed, until = changed_rows[self._listing.rows.name].c, literal(self._making.number)
        kept = (changed[self._listing.organisation], changed.participant_id, changed.shown_from)
        return select(*kept, until, *(changed[name] for name in HISTORY_COLUMNS)).where(~changed.stands)

    def _number(self, statement: Select[Any]) -> int:
        number: int = self._making.connection.execute(statement).scalar_one()
        return number

    def _same(self, new: FromClause, old: FromClause) -> ColumnElement[bool]:
        organisation = self._listing.organisation
        return and_(new.c.participant_id == old.c.participant_id, new.c[organisation] == old.c[organisation])

    def _cells(self, found: FromClause, today: date) -> dict[str, ColumnElement[Any]]:
        """The cells of a row; since when it is as it is, it has from the generation before (`Since.following`)."""
        cells: dict[str, ColumnElement[Any]] = {name: found.c[name] for name in ("csv_line", *self._columns)}
        number = literal(self._making.number)
        if not self._making.follows:
            return {**cells, "shown_from": number}
        old = before(self._listing.rows)
        is_new, stays = old.c.participant_id.is_(None), old.c.status_group == found.c.status_group
        single = found.c.single == 1
        cells["since"] = case((single, found.c.since), (stays, old.c.since), else_=literal(today))
        at_least = (single, found.c.since_at_least), (is_new, literal(value=True)), (stays, old.c.since_at_least)
        cells["since_at_least"] = case(*at_least, else_=literal(value=False))
        stands = and_(~is_new, *(cells[name].is_not_distinct_from(old.c[name]) for name in self._versioned))
        return {**cells, "shown_from": case((stands, old.c.shown_from), else_=number)}

    def _write_words(self, connection: Connection) -> None:
        rows, words = self._listing.rows, self._listing.words
        here, folded = school_names.c.urn == rows.c.school_urn, cast("ColumnElement[str]", school_names.c.folded)
        named: FromClause = rows.join(school_names, here)
        if connection.execute(select(exists(select(other_schools)))).scalar_one():
            named = rows.join(school_names, here, isouter=True).join(other_schools, self._shows_another(), isouter=True)
            folded = func.coalesce(other_schools.c.folded, folded)
        found = {
            **{column.name: rows.c[column.name] for column in words.columns if column.name != "search"},
            "search": rows.c.sort_key + "\n" + folded + "\n" + rows.c.trn,
        }
        copied = select(*(found[column.name] for column in words.columns)).select_from(named)
        if not self._making.on_postgresql:  # which keeps the order of the rows that it reads
            copied = copied.order_by(rows.c[self._listing.organisation], rows.c.pos)
        connection.execute(insert(words).from_select([column.name for column in words.columns], copied))

    def _shows_another(self) -> ColumnElement[bool]:
        """Which other school's name a row shows."""
        rows, other = self._listing.rows, other_schools.c
        return and_(
            other.listing == rows.name,
            other.organisation == rows.c[self._listing.organisation],
            other.participant_id == rows.c.participant_id,
        )

    def _count(self, connection: Connection) -> None:
        rows, tallies = self._listing.rows, self._listing.tallies
        kind = [
            rows.c[self._listing.organisation],
            func.coalesce(rows.c.lead_provider_id, "").label("lead_provider_id"),
            *(rows.c[name] for name in FILTER_NAMED),
        ]
        counted = select(*kind, func.count()).group_by(*kind)
        names = [column.name for column in tallies.columns]
        connection.execute(insert(tallies).from_select(names, counted))


def _up_to(name: str) -> Half:
    return lambda organisation: organisation <= name


def _behind(name: str) -> Half:
    return lambda organisation: organisation > name


def _whole(_organisation: ColumnElement[Any]) -> ColumnElement[bool]:
    return true()


def _row_of(table: Table) -> ColumnElement[int]:
    """What SQLite itself knows a row by."""
    return literal_column(f"{table.name}.rowid", Integer).label("row")


def _all(*tasks: Task) -> Task:
    """What does them one after the other."""

    def do(connection: Connection) -> None:
        for task in tasks:
            task(connection)

    return do
