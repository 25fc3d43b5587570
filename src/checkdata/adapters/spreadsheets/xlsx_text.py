"""Text as the XML of a workbook has it: characters that XML can't hold are written ``_x000D_``."""

import re
from typing import Final

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
