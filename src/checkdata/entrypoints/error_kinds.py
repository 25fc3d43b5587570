"""What may be told of an error: its kind, the kinds that it came from, and where each was raised; never their texts."""

import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

from attrs import frozen

_HOUSE: Final = Path(__file__).parents[2]


@frozen
class Frame:
    """A place in the code; ``in_app`` if it is ours."""

    filename: str
    function: str
    lineno: int
    in_app: bool


@frozen
class ErrorKind:
    """An error without its text and its variables, which may hold what people typed."""

    name: str
    module: str
    frames: Sequence[Frame]


def kinds_of(error: BaseException) -> Sequence[ErrorKind]:
    """The error, and then each that it came from, once."""
    return list(_kinds(error))


def _kinds(error: BaseException | None) -> Iterator[ErrorKind]:
    met = set[int]()
    while error is not None and id(error) not in met:  # one may be its own cause
        met.add(id(error))
        yield ErrorKind(type(error).__name__, type(error).__module__, list(_frames(error.__traceback__)))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(trace: TracebackType | None) -> Iterator[Frame]:
    for frame, line in traceback.walk_tb(trace):
        path = Path(frame.f_code.co_filename)
        ours = path.is_relative_to(_HOUSE)
        name = path.relative_to(_HOUSE) if ours else Path(*path.parts[-2:])
        yield Frame(str(name), frame.f_code.co_name, line, ours)
