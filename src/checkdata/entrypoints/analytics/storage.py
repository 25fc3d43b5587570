"""A storage of which each event that goes on record is told, once it is lasting."""

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self, cast

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent
from checkdata.domain.ports import AuditLog, Storage, UnitOfWork

Tell = Callable[[AuditEvent], None]


@frozen
class StorageThatTells:
    """Passes on to *storage*, and tells *tell* of events."""

    storage: Storage
    tell: Tell

    def reading(self) -> UnitOfWork:
        """A unit of work that sees one state throughout; nothing goes on record in it."""
        return self.storage.reading()

    def writing(self) -> UnitOfWork:
        """A unit of work that writes; its events are told once it is committed."""
        return cast("UnitOfWork", _WorkThatTells(self.storage.writing(), self.tell, at_once=False))

    def at_once(self) -> UnitOfWork:
        """A unit of work for one question or one change; its events are told at its end."""
        return cast("UnitOfWork", _WorkThatTells(self.storage.at_once(), self.tell, at_once=True))


class _WorkThatTells:
    def __init__(self, work: UnitOfWork, tell: Tell, *, at_once: bool) -> None:
        self._work = work
        self._tell = tell
        self._at_once = at_once
        self._recorded: list[AuditEvent] = []
        self.audit = _AuditThatNotes(work.audit, self._recorded)

    def __enter__(self) -> Self:
        self._work.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._work.__exit__(kind, error, trace)
        if self._at_once and error is None:
            self._tell_all()

    def commit(self) -> None:
        self._work.commit()
        self._tell_all()

    def _tell_all(self) -> None:
        for event in self._recorded:
            self._tell(event)
        self._recorded.clear()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a port, or what else a unit of work has
        return getattr(self._work, name)


class _AuditThatNotes:
    def __init__(self, audit: AuditLog, recorded: list[AuditEvent]) -> None:
        self._audit = audit
        self._recorded = recorded

    def record(self, *events: AuditEvent) -> None:
        self._audit.record(*events)
        self._recorded.extend(events)

    def record_all(self, events: Sequence[AuditEvent], /) -> None:
        self._audit.record_all(events)
        self._recorded.extend(events)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a question of the log
        return getattr(self._audit, name)


_conforms: type[Storage] = StorageThatTells
