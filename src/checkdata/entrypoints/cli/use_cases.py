"""Makes the use cases of a command from the settings in the environment."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from checkdata.entrypoints.settings.environment import DEFAULT_PORT, read_settings

if TYPE_CHECKING:
    from checkdata.entrypoints.composition.service import Composition


@contextmanager
def composition(*, port: int = DEFAULT_PORT, serving: bool = False) -> "Iterator[Composition]":
    """The use cases as the environment sets them up; loaded now, so that ``--help`` need not wait for it."""
    from checkdata.entrypoints.composition.service import Composition

    with closing(Composition(read_settings(os.environ, port=port), serving=serving)) as composed:
        yield composed
