"""The port `checkdata.domain.ports.FeedStore` in SQL, laid out for a million participants.

Rows go into temporary tables in batches, are compared there by the database, and only what differs is written.
"""

from checkdata.adapters.sql.feed_store.store import SqlFeedStore

__all__ = ["SqlFeedStore"]
