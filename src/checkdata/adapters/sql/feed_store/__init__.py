"""The port `checkdata.domain.ports.FeedStore` in SQL, laid out for a million participants.

Each import writes all records and listings again, into tables of its own, and compares them with those before.
"""

from checkdata.adapters.sql.feed_store.store import SqlFeedStore

__all__ = ["SqlFeedStore"]
