"""The port for the time."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""The time now, with its offset."""
