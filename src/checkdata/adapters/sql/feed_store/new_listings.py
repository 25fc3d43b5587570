"""The listings of the next generation, written in their order, and what they change of those before."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial, reduce
from itertools import accumulate
from typing import Any, Final

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Insert,
    Integer,
    Select,
    Table,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
)

from checkdata.adapters.sql.bulk import fill
from checkdata.adapters.sql.column_types import Words
from checkdata.adapters.sql.feed_schema import HISTORY_COLUMNS
from checkdata.adapters.sql.feed_store.kind_examples import KindExamples
from checkdata.adapters.sql.feed_store.next_generation import NextGeneration, Task, analyzing
from checkdata.adapters.sql.feed_store.school_counts import count_at_schools
from checkdata.adapters.sql.feed_store.shown_schools import with_schools
from checkdata.adapters.sql.feed_store.work_tables import (
    LISTED_COLUMNS,
    changed_rows,
    derived_rows,
    firsts,
    kinds_of,
    places,
)
from checkdata.adapters.sql.generation_schema import before, listing_columns, training_records
from checkdata.adapters.sql.listing_fields import COLUMN_OF
from checkdata.adapters.sql.listings import Listing
from checkdata.domain.listing.filters import FILTERED_FIELDS
from checkdata.domain.listing.history import VERSIONED

_ORDER: Final = ("sort_key", "full_name", "participant_id")
_ASKED: Final = ("participant_id", "pos", "school_urn", "shown_from")
"""The columns beside the organisation by which rows are found."""
_LEAST: Final = "\x01"
"""The least character between texts in which no control character is."""


@frozen
class Half:
    """Some organisations: a condition on their keys, and how many rows stand before the first of them."""

    before: int
    has: Callable[[ColumnElement[Any]], ColumnElement[bool]]

    @classmethod
    def below(cls, name: str) -> "Half":
        """The organisations before the one of this name."""
        return cls(0, lambda key: key < name)

    @classmethod
    def at_least(cls, name: str, before: int) -> "Half":
        """The organisation of this name and those behind it."""
        return cls(before, lambda key: key >= name)


_WHOLE: Final = Half(0, lambda _: true())


class NewListing:
    """One listing of the next generation."""

    def __init__(self, making: NextGeneration, listing: Listing) -> None:
        self._making = making
        self._listing = listing
        self._columns = [column.name for column in listing_columns(listing.organisation)]
        self._written = ["pos", "csv_line", *self._columns, "kind", "shown_from"]
        self._versioned = [COLUMN_OF[name] for name in VERSIONED[listing.viewer]]

    def write(self, examples: KindExamples, today: date, *looking: Task) -> None:
        """Write the rows of all participants in their places, with what is kept beside them; then look at the rows."""
        making, rows, words = self._making, self._listing.rows, self._listing.words
        organisations = rows.c[self._listing.organisation]
        self._count(examples)
        halves = self._halves()
        if making.on_postgresql:
            inserts = [self._insert(examples, self._ordered(examples, half), today, half) for half in halves]
            making.side_by_side(*(partial(_execute, rows_of_half) for rows_of_half in inserts))
        else:
            self._write_in_places(examples, today)
        making.side_by_side(
            _all(
                self._write_words,
                *making.indexes(words),
                analyzing(*words.c),
                partial(count_at_schools, self._listing),
                *making.indexes(self._listing.schools),
            ),
            _all(
                *making.indexes(rows),
                analyzing(organisations, *(rows.c[name] for name in _ASKED)),
                *making.indexes(self._listing.tallies),
                *looking,
            ),
            *([self._note_changes] if making.follows else []),
        )

    def _count(self, examples: KindExamples) -> None:
        """Count the rows to come: that tells where each organisation begins in the order of all."""
        organisation, tallies = self._listing.organisation, self._listing.tallies
        of_kind = examples.participants(self._listing, lambda told: [told.c[organisation], told.c.kind]).subquery()
        numbers = select(*of_kind.c, func.count().label("number")).group_by(*of_kind.c).subquery()
        kind = kinds_of[self._listing.rows.name].c
        key = [
            numbers.c[organisation],
            func.coalesce(kind.lead_provider_id, "").label("lead_provider_id"),
            *(kind[name] for name in FILTERED_FIELDS if name != "lead_provider_id"),
            kind.counted_as,
        ]
        counted = select(*key, func.sum(numbers.c.number)).join_from(
            numbers, kinds_of[self._listing.rows.name], kind.kind == numbers.c.kind
        )
        names = [column.name for column in tallies.columns]
        self._making.connection.execute(insert(tallies).from_select(names, counted.group_by(*key)))

    def _halves(self) -> Sequence[Half]:
        """Note where each organisation begins; what parts them, as near as can be in two halves of the rows."""
        key, number = self._listing.tallies.c[self._listing.organisation], self._listing.tallies.c.number
        counted = select(key, func.sum(number)).group_by(key).order_by(key)
        organisations = self._making.connection.execute(counted).all()
        reached = list(accumulate((number for _, number in organisations), initial=0))
        begins = [(name, rows) for (name, _), rows in zip(organisations, reached, strict=False)]
        self._making.connection.execute(delete(firsts))
        fill(self._making.connection, firsts, begins)
        for name, rows in begins:
            if rows * 2 >= reached[-1]:
                return [Half.below(name), Half.at_least(name, rows)]
        return [_WHOLE]

    def _ordered(self, examples: KindExamples, half: Half) -> FromClause:
        """The participants of some organisations in order: their rows, which are wide, are made only afterwards."""
        told = examples.participants(self._listing, lambda rows: [self._place_in(rows), *self._own_in(rows)])
        found = told.subquery("told")
        n = func.row_number().over(order_by=found.c.place).label("n")
        ordered = select(n, *self._own_in(found)).where(half.has(found.c[self._listing.organisation]))
        return ordered.order_by(found.c.place).subquery("ordered")

    def _write_in_places(self, examples: KindExamples, today: date) -> None:
        """The same where only their keys are put in order, because SQLite is slow to order what is wide."""
        connection, derived = self._making.connection, derived_rows[self._listing.rows.name]
        keys = examples.participants(
            self._listing,
            lambda rows: [self._place_in(rows), literal(rows is derived).label("single"), _row_of(rows)],
        ).subquery("keys")
        connection.execute(delete(places))
        in_order = select(keys.c.single, keys.c.row).order_by(keys.c.place)
        connection.execute(insert(places).from_select(["single", "row"], in_order))
        for table in (training_records, derived):
            is_here = and_(places.c.single == literal(table is derived), places.c.row == _row_of(table))
            here = select(places.c.n, *self._own_in(table)).join_from(places, table, is_here)
            connection.execute(self._insert(examples, here.subquery("here"), today, _WHOLE))

    def _place_in(self, rows: FromClause) -> ColumnElement[str]:
        """What all participants of a listing are ordered by, as one text: that is quicker than by four."""
        keys: list[ColumnElement[str]] = [rows.c[name] for name in (self._listing.organisation, *_ORDER)]
        return reduce(lambda place, key: place + literal(_LEAST, Words) + key, keys).label("place")

    def _own_in(self, rows: FromClause) -> Sequence[ColumnElement[Any]]:
        return [rows.c[name] for name in (self._listing.organisation, *LISTED_COLUMNS)]

    def _insert(self, examples: KindExamples, ordered: FromClause, today: date, half: Half) -> Insert:
        """What writes the rows of participants that are in order."""
        organisation, found = self._listing.organisation, examples.rows(self._listing, ordered).subquery("found")
        source: FromClause = found.join(firsts, firsts.c.organisation == found.c[organisation])
        cells = self._cells(found, today)
        if self._making.follows:
            old = before(self._listing.rows)
            of_half = half.has(old.c[organisation])  # else all of the other half are read as well
            source = source.join(old, and_(self._same(found, old), of_half), isouter=True)
        pos = (found.c.n + half.before - firsts.c.before).label("pos")
        placed = select(pos, *(cells[name].label(name) for name in self._written[1:])).select_from(source)
        if self._making.follows or not self._making.on_postgresql:  # which keeps the order unless it compares
            placed = placed.order_by(found.c.n)
        return insert(self._listing.rows).from_select(self._written, placed)

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
        cells["kind"] = found.c.counted_as
        number = literal(self._making.number)
        if not self._making.follows:
            return {**cells, "shown_from": number}
        old = before(self._listing.rows)
        is_new, stays = old.c.participant_id.is_(None), old.c.status_group == found.c.status_group
        single = found.c.kind < 0
        cells["since"] = case((single, found.c.since), (stays, old.c.since), else_=literal(today))
        at_least = (single, found.c.since_at_least), (is_new, literal(value=True)), (stays, old.c.since_at_least)
        cells["since_at_least"] = case(*at_least, else_=literal(value=False))
        stands = and_(~is_new, *(cells[name].is_not_distinct_from(old.c[name]) for name in self._versioned))
        return {**cells, "shown_from": case((stands, old.c.shown_from), else_=number)}

    def _write_words(self, connection: Connection) -> None:
        rows, words = self._listing.rows, self._listing.words
        named, school = with_schools(connection, self._listing, rows, rows)
        found = {
            **rows.c,
            "search": rows.c.sort_key + "\n" + school["folded"] + "\n" + rows.c.trn,
        }
        copied = select(*(found[column.name] for column in words.columns)).select_from(named)
        if not self._making.on_postgresql:  # which keeps the order of the rows that it reads
            copied = copied.order_by(rows.c[self._listing.organisation], rows.c.pos)
        connection.execute(insert(words).from_select([column.name for column in words.columns], copied))


def _execute(statement: Insert, connection: Connection) -> None:
    connection.execute(statement)


def _row_of(table: Table) -> ColumnElement[int]:
    """What SQLite itself knows a row by."""
    return literal_column(f"{table.name}.rowid", Integer).label("row")


def _all(*tasks: Task) -> Task:
    """What does them one after the other."""

    def do(connection: Connection) -> None:
        for task in tasks:
            task(connection)

    return do
