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
        """Add them, in one write, so that no line of another process comes between."""
        lines = "".join(f"{json.dumps(event)}\n" for event in events).encode()
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _MODE)
            try:
                os.write(file, lines)
            finally:
                os.close(file)
        except OSError as error:
            raise NotTaken from error
        return 0


_conforms: type[Destination] = EventFile
