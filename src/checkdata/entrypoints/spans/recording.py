"""What the edges of the service say about the steps of a request; needs no extra."""

from contextlib import AbstractContextManager
from typing import Protocol


class Span(Protocol):
    """A step that is under way."""

    def note(self, name: str, value: str | int, /) -> None:
        """Note something of it: a word of our own or a number, and nothing that a person typed or is called."""

    def is_called(self, name: str, /) -> None:
        """Say its name, which may be known only at its end."""

    def failed(self, kind: str, /) -> None:
        """It failed, by an error of this kind."""


class Spans(Protocol):
    """Records steps; one that begins within another is a part of it."""

    def request(self) -> AbstractContextManager[Span]:
        """A request, the first of its steps."""

    def step(self, name: str, /, **notes: str | int) -> AbstractContextManager[object]:
        """A step of a request; nothing where no request is recorded."""

    def records(self) -> bool:
        """Whether a request is recorded here and now."""
