"""Work that is done in a thread beside the pages, round after round."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

LAST_SECONDS: Final = 30.0
"""How long the end waits for a round that is under way."""


@contextmanager
def repeating(name: str, one_round: Callable[[], float]) -> Iterator[None]:
    """Do rounds in a thread until the block ends; each tells for how many seconds to rest after it, and never raises.

    A round that takes longer than `LAST_SECONDS` after the end is left to another process, or to the next start.
    """
    ended = threading.Event()
    thread = threading.Thread(target=_until, args=(ended, one_round), name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(LAST_SECONDS)


def _until(ended: threading.Event, one_round: Callable[[], float]) -> None:
    rest = 0.0
    while not ended.wait(rest):
        rest = one_round()
