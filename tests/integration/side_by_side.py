"""One storage of each kind; all get the same changes and the same questions."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from attrs import frozen

from checkdata.domain.errors import CheckdataError
from checkdata.domain.ports import Storage, UnitOfWork

Answer = TypeVar("Answer")


@frozen
class Raised:
    """An error instead of an answer; what it says may differ, what it means may not."""

    kind: type[CheckdataError]


@frozen
class SideBySide:
    """Storages by name; memory, which is among them, tells what the others should answer."""

    storages: Mapping[str, Storage]

    def read(self, ask: Callable[[UnitOfWork], Answer]) -> Answer:
        """The answer on which all agree."""

        def asked(storage: Storage) -> Answer:
            with storage.reading() as work:
                return ask(work)

        return self._each(asked)

    def write(self, change: Callable[[UnitOfWork], object]) -> None:
        """Make a change in all of them or, if it is refused, in none."""

        def changed(storage: Storage) -> None:
            with storage.writing() as work:
                change(work)
                work.commit()

        self.attempt(changed)

    def attempt(self, act: Callable[[Storage], Answer]) -> Answer | Raised:
        """What comes of an act, in all of them the same; an error is a result."""

        def attempted(storage: Storage) -> Answer | Raised:
            try:
                return act(storage)
            except CheckdataError as error:
                return Raised(type(error))

        return self._each(attempted)

    def _each(self, act: Callable[[Storage], Answer]) -> Answer:
        answers = {name: act(storage) for name, storage in self.storages.items()}
        for name, answer in answers.items():
            assert answer == answers["memory"], f"{name} disagrees with memory"
        return answers["memory"]
