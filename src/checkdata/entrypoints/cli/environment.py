"""What every command starts from: the settings, and the use cases that they compose."""

import os
from typing import TYPE_CHECKING

from checkdata.entrypoints.settings import DEFAULT_PORT, read_settings

if TYPE_CHECKING:
    from checkdata.entrypoints.bootstrap import Composition


def composition(*, port: int = DEFAULT_PORT) -> "Composition":
    """The use cases as the environment sets them up; loaded now, so that ``--help`` need not wait for it."""
    from checkdata.entrypoints.bootstrap import Composition

    return Composition(read_settings(os.environ, port=port))
