"""Noting of whom something changed in this unit of work, so that their listings are made anew."""

from typing import Any

from sqlalchemy import Select, delete, insert, select

from checkdata.adapters.sql.feed_store.temporary_tables import relisted_participants, touched_participants
from checkdata.adapters.sql.transaction import Transaction


def touch(transaction: Transaction, participant_ids: Select[Any]) -> None:
    """Note the participants that a statement finds."""
    transaction.make_temporary(touched_participants)
    transaction.execute(insert(touched_participants).from_select(["participant_id"], participant_ids))


def forget_relisted(transaction: Transaction) -> None:
    """Take note that the relisted participants are as they should be."""
    transaction.make_temporary(touched_participants)
    relisted = select(relisted_participants.c.participant_id)
    transaction.execute(delete(touched_participants).where(touched_participants.c.participant_id.in_(relisted)))
