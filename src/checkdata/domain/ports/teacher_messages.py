"""The port that reads messages about teachers."""

from collections.abc import Callable, Sequence

ReadTeacherMessage = Callable[[Sequence[tuple[str, str]], bytes], tuple[str, str | None]]
"""A digest of what was signed in a request with these fields and this body, and the TRN whose record changed, or None.

`MessageRefused` where it is not signed by whom we believe; `InvalidValue` where it can't be read.
"""
