"""Events as lines of JSON at the end of a file, for a program that takes them from there."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from checkdata.entrypoints.analytics.events import Event
from checkdata.entrypoints.analytics.sending import Destination, NotTaken

_MODE: Final = 0o600


@frozen
class EventFile:
    """The file; it is opened each time, so it may be moved away, and several processes may add to it."""

    path: Path

    def take(self, events: Sequence[Event], /) -> int:
        """Add them, in one write, so that no line of another process comes between.

        A full disk may take half a line. It is ended before the next one, and all that came with it is not taken: what
        stands before it may be there twice then, as an event that is sent again may be elsewhere.
        """
        lines = "".join(f"{json.dumps(event)}\n" for event in events).encode()
        try:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _MODE)
            try:
                lines = _end_of_line(file) + lines
                written = os.write(file, lines)
            finally:
                os.close(file)
        except OSError as error:
            raise NotTaken from error
        if written < len(lines):
            raise NotTaken
        return 0


def _end_of_line(file: int) -> bytes:
    """What ends the last line of a file, if it was left half."""
    size = os.fstat(file).st_size
    return b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""


_conforms: type[Destination] = EventFile
