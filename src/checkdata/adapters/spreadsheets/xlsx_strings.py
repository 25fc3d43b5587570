"""The shared strings of a workbook: texts that its cells refer to by number."""

from collections.abc import Mapping

from checkdata.adapters.spreadsheets.limits import MOST_STRINGS, MOST_TEXT
from checkdata.adapters.spreadsheets.xlsx_package import Handlers, Package, too_much_unpacked
from checkdata.adapters.spreadsheets.xlsx_text import Pieces, unescaped


def shared_strings(package: Package, part: str) -> list[str]:
    """The texts of a part of shared strings, in order; `ListRefused` where there are too many."""
    strings = _Strings()
    package.parse(part, Handlers(strings.start, strings.end, strings.text))
    return strings.texts


class _Strings:
    """Gathers each ``si``: its texts (``t``), in one piece or many, without how they are read aloud (``rPh``)."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces = Pieces()
        self._text_left = MOST_TEXT
        self._gathering = False
        self._aloud = False

    def start(self, element: str, _: Mapping[str, str]) -> None:
        self._aloud = self._aloud or element == "rPh"
        self._gathering = element == "t" and not self._aloud

    def text(self, text: str) -> None:
        if self._gathering:
            self._pieces.add(text)

    def end(self, element: str) -> None:
        self._gathering = False
        if element == "rPh":
            self._aloud = False
        elif element == "si":
            text = unescaped(self._pieces.taken())
            self.texts.append(text)
            self._text_left -= len(text)
            if len(self.texts) > MOST_STRINGS or self._text_left < 0:
                raise too_much_unpacked()
