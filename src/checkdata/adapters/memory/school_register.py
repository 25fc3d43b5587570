"""The register of schools, in memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from attrs import evolve

from checkdata.adapters.memory.reference_data import put
from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.feed.contents import Changes
from checkdata.domain.people.organisations import School
from checkdata.domain.people.school_register import (
    ClosedSchool,
    Followed,
    RegisteredSchool,
    SchoolState,
    Succession,
    followed,
)
from checkdata.domain.values import search_key


class MemorySchoolRegister:
    """The register of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def begin(self) -> AbstractSet[str]:
        """Tell the URNs; units of work that write take turns anyway."""
        return frozenset(self._schools)

    def put(self, schools: Iterable[RegisteredSchool], successions: Collection[Succession] | None, /) -> Changes:
        """Add and change schools."""
        state = self._draft.state
        merged, changes = put(state.register, {school.urn: school for school in schools})
        stays = state.successions if successions is None else frozenset(successions)
        self._draft.state = evolve(state, register=merged, successions=stays)
        return changes

    def names(self) -> Mapping[str, str]:
        """The names of all schools."""
        return {urn: school.name for urn, school in self._schools.items()}

    def closed(self, urns: Collection[str], /) -> Mapping[str, ClosedSchool]:
        """Those that closed."""
        return {urn: self._as_closed(urn) for urn in sorted({*urns} & self._closed)}

    def closed_under(self, name: str, /) -> Sequence[ClosedSchool]:
        """Those that closed and had this name."""
        key = search_key(name)
        named = [urn for urn in sorted(self._closed) if search_key(self._schools[urn].name) == key]
        return [self._as_closed(urn) for urn in named]

    def kin(self, urns: Collection[str], /) -> Mapping[str, Sequence[School]]:
        """Those that these follow, and that follow these."""
        found: dict[str, list[School]] = {}
        for each in self._followed():
            for urn, other in ((each.urn, each.successor), (each.successor, each.urn)):
                if urn in urns:
                    found.setdefault(urn, []).append(self._school(other))
        return {urn: sorted(found[urn], key=lambda school: school.urn) for urn in sorted(found)}

    @property
    def _schools(self) -> Mapping[str, RegisteredSchool]:
        return self._draft.state.register

    @property
    def _closed(self) -> AbstractSet[str]:
        return {urn for urn, school in self._schools.items() if school.state is SchoolState.CLOSED}

    def _followed(self) -> Iterator[Followed]:
        """What follows a school that closed."""
        closed = self._closed
        return (each for each in followed(self._draft.state.successions, closed) if each.urn in closed)

    def _as_closed(self, urn: str) -> ClosedSchool:
        school = self._schools[urn]
        successors = sorted((each.steps, each.successor) for each in self._followed() if each.urn == urn)
        is_open = [other for _, other in successors if self._schools[other].state is SchoolState.OPEN]
        return ClosedSchool(
            urn=urn, name=school.name, closed_on=school.closed_on, successors=tuple(map(self._school, is_open))
        )

    def _school(self, urn: str) -> School:
        return School(urn, self._schools[urn].name)


_conforms: type[ports.SchoolRegister] = MemorySchoolRegister
