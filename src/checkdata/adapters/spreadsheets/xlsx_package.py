"""The parts of an .xlsx or .ods workbook, unpacked and parsed piece by piece within limits (security.md 38).

No library for workbooks is safe for a stranger's file: openpyxl, even read-only, takes 1 GB for one long row packed
into 16 KB, and calamine ends the process for two cells far apart. So this code reads the few elements that cells are
made of, and nothing else of a workbook.
"""

import io
import posixpath
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from attrs import frozen

from checkdata.adapters.spreadsheets.limits import (
    LONGEST_NAMES,
    LONGEST_TOKEN,
    MOST_ATTRIBUTES,
    MOST_ELEMENTS,
    MOST_ENTRIES,
    MOST_PARTS,
    MOST_UNPACKED,
)
from checkdata.domain.errors import ListRefused
from checkdata.domain.reconciliation.time_limit import TimeLimit

_CHUNK: Final = 2**16
_DEEPEST: Final = 100
_ENCRYPTED: Final = 1
_ENTRY: Final = b"PK\x01\x02"
"""How an entry of a package's directory begins."""
_DAMAGE: Final = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)


def damaged() -> ListRefused:
    """The error for a workbook that is damaged."""
    return ListRefused(
        "The workbook is damaged, or is not one that we can read. Open it in your spreadsheet program, save it as an "
        "Excel workbook (.xlsx) or a CSV file and choose that."
    )


def too_much_unpacked() -> ListRefused:
    """The error for a workbook that unpacks to more than a list can need."""
    return ListRefused(
        "There is too much in the workbook. Delete the empty rows below your list and the sheets and columns "
        "that are not part of it, or save your list as a CSV file."
    )


@frozen
class Handlers:
    """The functions for a part's elements, by their names without a prefix, and for the text in them."""

    start: Callable[[str, Mapping[str, str]], None]
    end: Callable[[str], None] = lambda _: None
    text: Callable[[str], None] = lambda _: None


class _Elements:
    """Passes on elements without the prefix of their names; refuses too many, and too deep ones."""

    def __init__(self) -> None:
        self.handlers = Handlers(lambda *_: None)
        self.depth, self._left, self._attributes_left = 0, MOST_ELEMENTS, MOST_ATTRIBUTES

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.depth += 1
        self._left -= 1
        self._attributes_left -= len(attributes)
        if self.depth > _DEEPEST:
            raise damaged()
        if self._left < 0 or self._attributes_left < 0:
            raise too_much_unpacked()
        self.handlers.start(name.rpartition(":")[2], attributes)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.handlers.end(name.rpartition(":")[2])


class _Feeding:
    """Gives a part to expat piece by piece, as long as expat keeps little of it.

    Expat keeps an unfinished token, which it scans from its start with each piece, and all names.
    """

    def __init__(self, parser: expat.XMLParserType, names: Mapping[str, str]) -> None:
        self._parser, self._names = parser, names
        self._given, self._known = 0, 0

    def go_on(self, piece: bytes) -> None:
        """Give a piece; raises `ListRefused` as soon as expat keeps too much."""
        self._parser.Parse(piece)
        self._given += len(piece)
        if self._given - self._parser.CurrentByteIndex > LONGEST_TOKEN:
            raise too_much_unpacked()
        if len(self._names) != self._known:
            self._known = len(self._names)
            if sum(map(len, self._names)) > LONGEST_NAMES:
                raise too_much_unpacked()

    def end(self) -> None:
        """The part is whole."""
        self._parser.Parse(b"", True)  # noqa: FBT003 - expat takes no keyword


@frozen
class Relationship:
    """Another part that a part refers to."""

    kind: str
    target: str


class Package:
    """A workbook's parts by name; each method raises `ListRefused` for one that is damaged, too big or too slow."""

    def __init__(self, file: bytes, limit: TimeLimit) -> None:
        if file.count(_ENTRY) > MOST_ENTRIES:
            raise too_much_unpacked()
        try:
            self._archive = ZipFile(io.BytesIO(file))
        except _DAMAGE:
            raise damaged() from None
        self._bytes_left, self._parts_left = MOST_UNPACKED, MOST_PARTS
        self._limit = limit
        self._elements = _Elements()

    def __contains__(self, part: str) -> bool:
        """Whether there is such a part."""
        return part in self._archive.NameToInfo

    def parse(self, part: str, handlers: Handlers) -> None:
        """Parse a part. A document type, which could define entities, is refused: no spreadsheet program writes one."""
        names: dict[str, str] = {}
        parser = expat.ParserCreate(intern=names)
        parser.buffer_text = True
        self._elements.handlers, self._elements.depth = handlers, 0
        parser.StartElementHandler = self._elements.start
        parser.EndElementHandler = self._elements.end
        parser.CharacterDataHandler = handlers.text
        parser.StartDoctypeDeclHandler = _refuse_document_type
        try:
            self._feed(part, _Feeding(parser, names))
        except (*_DAMAGE, KeyError, expat.ExpatError):
            raise damaged() from None

    def _feed(self, part: str, feeding: "_Feeding") -> None:
        info = self._archive.getinfo(part)
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) or info.flag_bits & _ENCRYPTED:
            raise damaged()
        self._bytes_left -= info.file_size  # zipfile unpacks no more than that
        self._parts_left -= 1
        if self._bytes_left < 0 or self._parts_left < 0:
            raise too_much_unpacked()
        with self._archive.open(info) as source:
            while chunk := source.read(_CHUNK):
                self._limit.check()
                feeding.go_on(chunk)
        feeding.end()

    def relationships(self, part: str) -> Mapping[str, Relationship]:
        """The parts that a part ("" for the workbook file itself) refers to, by id."""
        folder, name = posixpath.split(part)
        found: dict[str, Relationship] = {}

        def start(element: str, attributes: Mapping[str, str]) -> None:
            if element == "Relationship":
                target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
                kind = attributes.get("Type", "").rpartition("/")[2]
                found[attributes.get("Id", "")] = Relationship(kind, target)
                if len(found) > MOST_PARTS:
                    raise too_much_unpacked()

        self.parse(posixpath.join(folder, "_rels", f"{name}.rels"), Handlers(start))
        return found


def _refuse_document_type(*_: object) -> None:
    raise damaged()
