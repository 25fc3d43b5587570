"""The port that deletes what is past its retention."""

from datetime import datetime
from typing import Protocol


class Retention(Protocol):
    """What is deleted once it is past its time (security.md 42); each tells how many there were."""

    def sessions(self, seen_before: datetime, started_before: datetime, /) -> int:
        """Delete sessions last seen before the one, or begun before the other."""

    def links(self, before: datetime, /) -> int:
        """Delete sign-in links, confirmation links and visits behind those that were over by then."""

    def link_requests(self, before: datetime, /) -> int:
        """Forget how often links were asked for in windows that were over by then."""

    def mail_texts(self, before: datetime, /) -> int:
        """Forget what mail said that was queued before then and does not wait any more; that it was sent stays."""

    def mails(self, before: datetime, /) -> int:
        """Delete the records of such mail."""

    def nominations(self, before: datetime, /) -> int:
        """Delete nominations that were closed before then and gave nobody access, their links with them."""
