"""Notes the participants with changes in this unit of work, so that their listings are made again."""

from typing import Any

from sqlalchemy import Select, insert

from checkdata.adapters.sql.feed_store.temporary_tables import touched_participants
from checkdata.adapters.sql.transaction import Transaction


def touch(transaction: Transaction, participant_ids: Select[Any]) -> None:
    """Note the participants that a statement finds."""
    transaction.make_temporary(touched_participants)
    transaction.execute(insert(touched_participants).from_select(["participant_id"], participant_ids))
