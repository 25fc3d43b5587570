"""By which version of ours stored rows were made; those of another version are made again."""

from sqlalchemy import delete, insert, select

from checkdata.adapters.sql.schema import meta
from checkdata.adapters.sql.transaction import Transaction


class NotedVersion:
    """A version that the database keeps beside what was made by it."""

    def __init__(self, transaction: Transaction, name: str, version: str) -> None:
        self._transaction = transaction
        self._name = name
        self._version = version

    def is_old(self) -> bool:
        """Whether what is stored was made by another version."""
        return self._noted() not in (None, self._version)

    def note(self) -> None:
        """Keep that all that is stored is of this version."""
        if self._noted() == self._version:
            return
        self._transaction.write(delete(meta).where(meta.c.name == self._name))
        self._transaction.write(insert(meta), {"name": self._name, "value": self._version})

    def _noted(self) -> str | None:
        return self._transaction.execute(select(meta.c.value).where(meta.c.name == self._name)).scalar_one_or_none()
