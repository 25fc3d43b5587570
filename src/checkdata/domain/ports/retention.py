"""The port that deletes what is past its retention."""

from datetime import date, datetime
from typing import Protocol


class Retention(Protocol):
    """Deletes what is past its retention period (security.md 42); each method returns how many it deleted."""

    def sessions(self, seen_before: datetime, started_before: datetime, /) -> int:
        """Delete sessions last seen before the first moment, or begun before the second."""

    def links(self, before: datetime, /) -> int:
        """Delete sign-in links, confirmation links and visits behind those that were over by then."""

    def api_keys(self, before: datetime, /) -> int:
        """Delete API keys that had expired or were revoked by then."""

    def link_requests(self, before: datetime, /) -> int:
        """Delete counts of requested links whose window was over by then."""

    def mail_texts(self, before: datetime, /) -> int:
        """Delete the text of mail that was queued before then and no longer waits; the record of its sending stays."""

    def mails(self, before: datetime, /) -> int:
        """Delete the records of such mail."""

    def nominations(self, before: datetime, /) -> int:
        """Delete nominations that were closed before then and gave no access, with their links."""

    def proposals(self, before: datetime, /) -> int:
        """Delete proposals of support that were over by then.

        A confirmed address stays as long as its user, because the next one is compared with each before it.
        """

    def past_rows(self, before: datetime, /) -> int:
        """Delete versions of rows that were replaced before then, and before the oldest event of the log.

        What the log still tells of can be traced for as long.
        """

    def past_counts(self, today: date, /) -> int:
        """Delete the counts of the days that are not kept any more on this day (`days_to_forget`)."""

    def users(self, before: datetime, /) -> int:
        """Delete users whose last access ended before then and of whom the log tells nothing any more.

        Their grants go with them, and the nominations that these came of.
        """

    def teacher_checks(self, before: datetime, /) -> int:
        """Delete answers about TRNs that were asked for before then, and messages that came before then."""

    def recalls(self, before: datetime, /) -> int:
        """Delete recalls, with their files, that were opened before then, and once no receipt is left of that time.

        As long as there is one, its file would be recalled again.
        """
