"""Text as the XML of a workbook has it: characters that XML can't hold are written ``_x000D_``."""

import re
from typing import Final

from checkdata.adapters.spreadsheets.limits import LONGEST_VALUE
from checkdata.adapters.spreadsheets.xlsx_package import too_much_unpacked

_ESCAPE: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_XML: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATES: Final = range(0xD800, 0xE000)
_MARKUP: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def unescaped(text: str) -> str:
    """The text that was meant; half a character is a replacement character."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def escaped(text: str) -> str:
    """The text as the content of an element."""
    return _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", text).translate(_MARKUP)


def _character(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return "\ufffd" if code in _SURROGATES else chr(code)


class Pieces:
    """The text of one value, in the pieces in which expat tells it; `ListRefused` past `LONGEST_VALUE`."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0

    def add(self, text: str) -> None:
        """Add a piece."""
        self._pieces.append(text)
        self._length += len(text)
        if self._length > LONGEST_VALUE:
            raise too_much_unpacked()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._length)

    def taken(self) -> str:
        """The whole text; a new one begins."""
        text = "".join(self._pieces)
        self._pieces, self._length = [], 0
        return text
