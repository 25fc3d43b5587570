"""The plain lines in a part of ``training_records.csv``, split and checked many at once.

A line is plain where it is a row of its own without control characters, and without quotes but for those around a
cell, whose own cells have the plainest shape (`FeedColumn.plain`), and where it is known what its other cells stand
for: of each combination of those, one row is read exactly.
"""

import os
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Final

os.environ.setdefault("POLARS_MAX_THREADS", "2")  # an import leaves the other processors to those who read

import polars as pl
from attrs import frozen

from checkdata.adapters.feed.rows import LONGEST_ROW, Row
from checkdata.adapters.feed.tables import FeedColumn, FileFormat
from checkdata.domain.feed.pieces import NULL, PIECE_FIELDS, PieceCells, RecordKind, RefusedRow
from checkdata.domain.feed.record_words import OWN_FIELDS, SHARED_FIELDS
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import search_key

MOST_KINDS: Final = 2**15
"""How many combinations of shared cells are remembered at once."""

MOST_NEW_KINDS: Final = 2**10
"""How many combinations of shared cells are learnt from one part; where there are more, their rows are not plain."""

_CONTROL: Final = r"[\x00-\x1f\x7f-\x9f]"
_IN_ASCII: Final = bytes([*range(0x0A), *range(0x0B, 0x20), 0x7F])
"""Control characters in UTF-8 but for the end of a line, and but for those that have two bytes."""
_BEFORE_OTHERS: Final = b"\xc2"
"""The first byte of each of those."""
_SAME_WITHOUT_QUOTES: Final = r'^(?:"[^",]*"|[^",]*)(?:,(?:"[^",]*"|[^",]*))*$'
_BLANK_IS_NONE: Final = ("trn", "delivery_partner_id", "appropriate_body_id", "date_of_birth")
_TRN_VALIDATED: Final = SHARED_FIELDS.index("trn_validated")


@frozen
class ColumnPiece:
    """A piece in columns: the cells of plain lines, where ``kind`` is the place of a line's kind.

    What ``PIECE_FIELDS`` say of them is made when it is asked for, because another thread reads on meanwhile.
    """

    kinds: Sequence[RecordKind]
    cells: pl.DataFrame
    refused: Sequence[RefusedRow] = ()

    def __len__(self) -> int:
        """The number of its rows, refused ones too."""
        return len(self.cells) + len(self.refused)

    def rows(self, numbers: Sequence[int], /) -> Sequence[PieceCells]:
        """The good rows."""
        return self._numbered(numbers).rows()

    def csv(self, numbers: Sequence[int], /) -> bytes:
        """The same as CSV."""
        lines = BytesIO()
        self._numbered(numbers).write_csv(lines, include_header=False, null_value=NULL, quote_style="necessary")
        return lines.getvalue()

    def _numbered(self, numbers: Sequence[int]) -> pl.DataFrame:
        kind = pl.lit(pl.Series(numbers, dtype=pl.Int64)).gather("kind").alias("kind")
        return _words(self.cells, self.kinds).with_columns(kind)


@frozen
class Found:
    """What was found in a part: plain lines, and the numbers of the others."""

    others: Sequence[int]
    _plain: pl.DataFrame
    _kinds: Sequence[RecordKind]

    def piece_without(self, lines: Sequence[int]) -> ColumnPiece | None:
        """The plain lines but for those on which a row goes on that began on another one; None where there are none."""
        plain = self._plain.filter(~pl.col("line").is_in(lines)) if lines else self._plain
        if plain.is_empty():
            return None
        places: dict[RecordKind, int] = {}
        combinations = plain["combination"].unique().sort().to_list()
        place_of = [places.setdefault(self._kinds[combination], len(places)) for combination in combinations]
        kind = pl.col("combination").replace_strict(combinations, place_of, return_dtype=pl.Int64)
        return ColumnPiece(list(places), plain.with_columns(kind.alias("kind")))


class PlainLines:
    """Finds the plain lines below one header; *kind_of* reads a row exactly."""

    def __init__(
        self,
        file_format: FileFormat[TrainingRecord],
        header: Sequence[str],
        kind_of: Callable[[Row], RecordKind | None],
    ) -> None:
        places = {name: place for place, name in enumerate(header)}
        present = [name for name in SHARED_FIELDS if name in places]
        self._kind_of = kind_of
        self._width = len(header)
        # A blank cell equals an absent column.
        self._cells = [
            (pl.col(f"field_{places[name]}") if name in places else pl.lit("")).alias(name)
            for name in (*OWN_FIELDS, *present)
        ]
        self._shape = [_is_plain(c) for c in file_format.columns if c.name in OWN_FIELDS and c.name in places]
        # Two rules are about cells on both sides: a partner makes a partnership, a TRN is needed to be valid.
        self._common: dict[str, type[pl.DataType]] = {
            "has_partner": pl.Boolean,
            "has_trn": pl.Boolean,
            **dict.fromkeys(present, pl.String),
        }
        self._forget()

    def found_in(self, part: bytes, first: int) -> Found:
        """What is in a part of the file, of which *first* is the number of the first line."""
        if len(self._kinds) > MOST_KINDS:
            self._forget()
        plain = self._with_kinds(self._split(_lines_of(part, first))).drop("text")
        last = first + part.count(b"\n") - part.endswith(b"\n")
        numbers = pl.int_range(first, last + 1, eager=True)
        others = (
            numbers.filter(~numbers.is_in(plain["line"].implode())).to_list() if len(numbers) > plain.height else ()
        )
        return Found(others, plain, self._kinds)

    def _split(self, lines: pl.DataFrame) -> pl.DataFrame:
        """The lines that have as many cells as there are columns, and whose own cells are plain."""
        cells = pl.col("text").str.split_exact(",", self._width).alias("cells")
        last, behind = pl.col(f"field_{self._width - 1}"), pl.col(f"field_{self._width}")
        return (
            lines.with_columns(cells)
            .unnest("cells")
            .filter(last.is_not_null() & behind.is_null())
            .select("line", "text", *self._cells)
            .filter(pl.all_horizontal(self._shape))
            .with_columns(
                has_partner=pl.col("delivery_partner_id") != "",
                has_trn=pl.col("trn") != "",
            )
        )

    def _with_kinds(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The lines whose combination of common cells is known, or can be learnt."""
        found = self._joined(cells)
        new = found.filter(pl.col("combination").is_null()).unique([*self._common], keep="first", maintain_order=True)
        if not new.is_empty():
            self._learn(new.head(MOST_NEW_KINDS))
            found = self._joined(cells)
        return found.filter(pl.col("combination").is_not_null())

    def _joined(self, cells: pl.DataFrame) -> pl.DataFrame:
        return cells.join(self._known, on=[*self._common], how="left", maintain_order="left")

    def _learn(self, new: pl.DataFrame) -> None:
        numbers: list[int | None] = []
        for line, text in new.select("line", "text").iter_rows():
            kind = self._kind_of(Row(line, text.split(","), ended=True, clean=True))
            numbers.append(None if kind is None else len(self._kinds))
            self._kinds.extend(() if kind is None else (kind,))
        learnt = new.with_columns(pl.Series("combination", numbers, dtype=pl.UInt32))
        self._known.extend(learnt.filter(pl.col("combination").is_not_null()).select(self._known.columns))

    def _forget(self) -> None:
        self._kinds: list[RecordKind] = []
        self._known = pl.DataFrame(schema={**self._common, "combination": pl.UInt32})


def folded(text: pl.Expr) -> pl.Expr:
    """`search_key` of a text in ASCII without control characters."""
    return text.str.to_lowercase().str.replace_all("['`-]", "").str.replace_all("  +", " ").str.strip_chars(" ")


def _lines_of(part: bytes, first: int) -> pl.DataFrame:
    """The lines of a part that end, without control characters, and without the quotes around their cells.

    There are none where the part does not decode.
    """
    try:
        texts = pl.Series([part]).cast(pl.String).str.split("\n").explode().head(part.count(b"\n"))
    except pl.exceptions.ComputeError:
        texts = pl.Series(dtype=pl.String)
    if b"\r" in part:
        texts = texts.str.strip_suffix("\r")
    lines = pl.DataFrame({"line": pl.int_range(first, first + len(texts), eager=True), "text": texts})
    lines = lines.filter(pl.col("text").str.len_bytes() < LONGEST_ROW - len("\r\n"))
    if len(part.translate(None, _IN_ASCII)) < len(part) or _BEFORE_OTHERS in part:
        lines = lines.filter(~pl.col("text").str.contains(_CONTROL))
    return _without_quotes(lines) if b'"' in part else lines


def _without_quotes(lines: pl.DataFrame) -> pl.DataFrame:
    """The same without the quotes around cells; those are left out that mean another thing without them."""
    text = pl.col("text")
    has_quotes = text.str.contains('"', literal=True)
    quoted = lines.filter(has_quotes).filter(text.str.contains(_SAME_WITHOUT_QUOTES))
    unquoted = quoted.with_columns(text.str.replace_all('"', "", literal=True))
    return pl.concat([lines.filter(~has_quotes), unquoted]).sort("line")


def _is_plain(column: FeedColumn) -> pl.Expr:
    cell = pl.col(column.name)
    if isinstance(column.plain, str):
        return cell.str.contains(f"^(?:{column.plain})$")
    return cell.is_in(pl.Series(sorted(column.plain), dtype=pl.String).implode())


def _words(cells: pl.DataFrame, kinds: Sequence[RecordKind]) -> pl.DataFrame:
    """The cells of a piece."""
    words = _with_key(_with_key(cells, "full_name", "sort_key"), "email", "email_key").with_columns(
        _in_utc(cells).alias("updated_at"),
        *(pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in _BLANK_IS_NONE),
    )
    asked = pl.lit(pl.Series([kind.shared[_TRN_VALIDATED] is None for kind in kinds])).gather("kind")
    in_order = pl.col("sort_key").str.split(" ").list.sort().list.join(" ")
    person = pl.when(asked).then(in_order + " " + pl.col("date_of_birth"))
    return words.with_columns(person.alias("person_key")).select(PIECE_FIELDS)


def _in_utc(cells: pl.DataFrame) -> pl.Expr:
    moment = pl.col("updated_at")
    if cells["updated_at"].str.slice(len("2024-09-01T09:00:00")).is_in(["Z", "+00:00"]).all():
        return pl.format("{} {}.000000", moment.str.slice(0, 10), moment.str.slice(11, 8))
    read = moment.str.replace("Z$", "+00:00").str.to_datetime(
        "%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC"
    )
    return read.dt.to_string("%Y-%m-%d %H:%M:%S%.6f")


def _with_key(cells: pl.DataFrame, column: str, key: str) -> pl.DataFrame:
    text = pl.col(column)
    in_ascii = text.str.len_bytes() == text.str.len_chars()
    others = cells.filter(~in_ascii)[column].unique()
    if others.is_empty():
        return cells.with_columns(folded(text).alias(key))
    keys = pl.Series([search_key(other) for other in others], dtype=pl.String)
    looked_up = text.replace_strict(others, keys, default=None, return_dtype=pl.String)
    return cells.with_columns(pl.when(in_ascii).then(folded(text)).otherwise(looked_up).alias(key))
