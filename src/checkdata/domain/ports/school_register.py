"""The ports for the department's register of schools: as its files tell it, and as it is stored."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from checkdata.domain.feed.contents import Changes
from checkdata.domain.people.organisations import School
from checkdata.domain.people.school_register import ClosedSchool, RegisteredSchool, Succession


class RegisterFiles(Protocol):
    """The register as the files of an operator tell it; `FeedRefused` where one of them is refused as a whole."""

    def schools(self) -> Iterator[RegisteredSchool]:
        """The schools of its good rows, each once."""

    def successions(self, known: AbstractSet[str], /) -> Sequence[Succession] | None:
        """Which school follows which, both *known*; None where no file tells it."""


class SchoolRegister(Protocol):
    """The register of schools as it was loaded last."""

    def begin(self) -> AbstractSet[str]:
        """Become the only one that changes the register, and tell the URNs that it has."""

    def put(self, schools: Iterable[RegisteredSchool], successions: Collection[Succession] | None, /) -> Changes:
        """Add and change schools; what is not named stays. Successions take the place of all before, unless None."""

    def names(self) -> Mapping[str, str]:
        """The names of all schools by URN."""

    def closed(self, urns: Collection[str], /) -> Mapping[str, ClosedSchool]:
        """Those of these schools that closed, by URN."""

    def closed_under(self, name: str, /) -> Sequence[ClosedSchool]:
        """The schools that closed and had this name, however it is spelt (`search_key`), by URN."""

    def kin(self, urns: Collection[str], /) -> Mapping[str, Sequence[School]]:
        """The schools that each of these follows since they closed, and that follow it since it closed, by URN."""
