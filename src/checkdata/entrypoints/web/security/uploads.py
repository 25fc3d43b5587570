"""Forms with a file in them, read only in memory: nothing is ever spooled to disk (service rule 17)."""

from attrs import define, field
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException

from checkdata.entrypoints.web.security.query_and_form_fields import LARGEST_BODY, MalformedRequest, Words


def words_and_file(content_type: str, body: bytes, most_words: int) -> tuple[Words, bytes]:
    """The words of a form (multipart/form-data) and its one file, b"" if none was chosen.

    Raises `MalformedRequest` for any other form, a second file, a repeated name, a NUL and bad UTF-8, and
    413 if a word is larger than a form without a file may have (security.md 33).
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise MalformedRequest
    parts = _Parts(most=most_words)
    try:
        MultipartParser(boundary, parts.callbacks).write(body)  # type: ignore[arg-type]  # a dict of its own kind
    except FormParserError:
        raise MalformedRequest from None
    if not parts.ended:
        raise MalformedRequest
    return parts.words, b"".join(parts.files)


@define
class _Parts:
    """Gathers the parts of a form while it is parsed."""

    most: int
    words: dict[str, str] = field(factory=dict)
    files: list[bytes] = field(factory=list)
    ended: bool = False
    _header: bytes = b""
    _value: bytes = b""
    _disposition: bytes = b""
    _content: bytearray = field(factory=bytearray)

    @property
    def callbacks(self) -> dict[str, object]:
        """The parser's callbacks by their names."""
        return {
            "on_part_begin": self.begin,
            "on_header_field": self.header_field,
            "on_header_value": self.header_value,
            "on_header_end": self.header_end,
            "on_part_data": self.data,
            "on_part_end": self.part_end,
            "on_end": self.end,
        }

    def begin(self) -> None:
        self._disposition, self._content = b"", bytearray()

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        """A header is complete; one of them names the part."""
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def data(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]

    def part_end(self) -> None:
        """A part is complete: a file if it has a file's name, else a word."""
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise MalformedRequest
        if b"filename" in options:
            if self.files:
                raise MalformedRequest
            self.files.append(bytes(self._content))
        else:
            self._add(options[b"name"])

    def end(self) -> None:
        self.ended = True

    def _add(self, name: bytes) -> None:
        if len(self._content) > LARGEST_BODY:
            raise HTTPException(413)
        try:
            word, value = name.decode(), self._content.decode()
        except UnicodeDecodeError:
            raise MalformedRequest from None
        if word in self.words or "\0" in word + value or len(self.words) >= self.most:
            raise MalformedRequest
        self.words[word] = value
