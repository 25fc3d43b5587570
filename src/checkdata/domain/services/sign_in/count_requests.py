"""Under what requests for links, and tries of codes, are counted."""

from datetime import datetime

from checkdata.domain.ports import Tokens, UnitOfWork


def counted_as(work: UnitOfWork, tokens: Tokens, words: str, now: datetime) -> str:
    """The keyed hash under which requests are counted: an older key's as long as its window runs.

    The words end as no token does, because a client chooses a part of them, and their hash can be read.
    """
    newest, *older = tokens.digests(words)
    return (work.link_requests.running([newest, *older], now) if older else None) or newest
