"""The port that reads notices of undelivered mail."""

from collections.abc import Callable

ReadBounce = Callable[[bytes], str | None]
"""The reference of the mail that a mail says was never delivered; None for any other mail (RFC 3464)."""
