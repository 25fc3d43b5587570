"""The log of the process that runs the tests."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def log_put_back() -> Iterator[None]:
    """Undo the block's changes to the root logger, because the stream that it logs to is closed when the test has
    ended."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    try:
        yield
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers
