"""Notices to every user, in memory."""

from collections.abc import Sequence

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.errors import StorageConflict
from checkdata.domain.notices import Notice


class MemoryNotices:
    """The notices of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def all(self) -> Sequence[Notice]:
        """Every notice, by kind."""
        return sorted(self._draft.state.notices.values(), key=lambda notice: notice.kind.value)

    def add(self, notice: Notice, /) -> None:
        """Add a notice."""
        state = self._draft.state
        if notice.kind in state.notices:
            raise StorageConflict
        self._draft.state = evolve(state, notices={**state.notices, notice.kind: notice})

    def drop(self, notice: Notice, /) -> None:
        """Delete a notice."""
        state = self._draft.state
        if state.notices.get(notice.kind) != notice:
            raise StorageConflict
        left = {kind: each for kind, each in state.notices.items() if kind is not notice.kind}
        self._draft.state = evolve(state, notices=left)


_conforms: type[ports.Notices] = MemoryNotices
