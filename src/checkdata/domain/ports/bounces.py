"""The port that reads notices of undelivered mail."""

from collections.abc import Callable

ReadBounce = Callable[[bytes], str | None]
"""The reference of the mail that this notice says was not delivered; None for any other mail (RFC 3464)."""
