"""A storage whose every question is a step of the request that asks it, named by its port and without its values."""

from collections.abc import Callable
from functools import wraps
from types import TracebackType
from typing import Any, Final, Self, cast

from attrs import frozen

from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.entrypoints.spans.recording import Spans

_PORTS: Final = frozenset(name for name, found in vars(UnitOfWork).items() if isinstance(found, property))


@frozen
class StorageInSteps:
    """Passes on to *storage*; only units of work that a recorded request begins are looked at."""

    storage: Storage
    spans: Spans

    def reading(self) -> UnitOfWork:
        """A unit of work that sees one state throughout."""
        return self._in_steps(self.storage.reading)

    def writing(self) -> UnitOfWork:
        """A unit of work that writes."""
        return self._in_steps(self.storage.writing)

    def at_once(self) -> UnitOfWork:
        """A unit of work for one question or one change."""
        return self._in_steps(self.storage.at_once)

    def _in_steps(self, begin: Callable[[], UnitOfWork]) -> UnitOfWork:
        work = begin()
        return cast("UnitOfWork", _WorkInSteps(work, self.spans)) if self.spans.records() else work


class _WorkInSteps:
    def __init__(self, work: UnitOfWork, spans: Spans) -> None:
        self._work = work
        self._spans = spans

    def __enter__(self) -> Self:
        with self._spans.step("sql connect"):
            self._work.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        self._work.__exit__(kind, error, trace)

    def commit(self) -> None:
        with self._spans.step("sql commit"):
            self._work.commit()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a port, or what else a unit of work has
        found = getattr(self._work, name)
        return _PortInSteps(found, name, self._spans) if name in _PORTS else found


class _PortInSteps:
    def __init__(self, port: object, name: str, spans: Spans) -> None:
        self._port = port
        self._name = name
        self._spans = spans

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - a question of the port
        question = getattr(self._port, name)

        @wraps(question)
        def asked(*values: Any, **named: Any) -> Any:  # noqa: ANN401 - the question's own
            with self._spans.step(f"sql {self._name}.{name}"):
                return question(*values, **named)

        return asked if callable(question) else question


_conforms: type[Storage] = StorageInSteps
